/** For tests of the demo's pages: a server that shows it. */
import { after } from 'node:test'
import { startTestServer, testConfig } from '../../test/harness.ts'
import { type VisitorOptions, visitor } from '../../test/visitor.ts'
import { buildApp } from '../app.ts'
import { setUpTenant } from '../setup.ts'
import { type Demo, openDemo } from './demo.ts'

/** Starts it on a database of its own; the demo believes that it is the built-in one. */
export async function startDemoServer(environment: Record<string, string> = {}) {
  const test = await startTestServer(environment)
  const { db } = test
  const config = testConfig(environment)
  // Addresses of what every tenant has follow the port.
  await setUpTenant(db, test.server.secrets, config)
  const demo: Demo | undefined = await openDemo(db, test.server.secrets, config)
  if (!demo) throw new Error('The demo is off.')
  const server = { ...test.server, config, isDemo: true }
  const app = await buildApp(server)
  await app.ready()
  after(() => app.close())
  return { ...test, server, app, demo, visitor: (options?: VisitorOptions) => visitor(app, config.publicUrl, options) }
}
