/**
 * The published SDKs, unmodified, against a server as a first start leaves it: its demo, its built-in PostgreSQL, its
 * own certificate, and no more configuration than the environment that it prints.
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { clearTestFolder, makeTestFolder } from '../../server/db/embedded-postgres.testing.ts'
import { ask, freePorts, killLaunched, launch, untilReady } from '../start.testing.ts'
import { expectConfiguration } from './expect-configuration.ts'
import { expectJobs } from './expect-jobs.ts'
import { expectLook } from './expect-look.ts'
import { expectOrganizations } from './expect-organizations.ts'
import { expectPeople } from './expect-people.ts'
import { expectRefusals } from './expect-refusals.ts'
import { expectRoles } from './expect-roles.ts'
import { CROWD_SIZE, expectUser, expectUserLists } from './expect-users.ts'
import type { Report } from './journey.ts'
import { type Reader, readerOf } from './reader.ts'

const GENERATIONS = ['4', '6', '7'] as const
const CONNECTION = 'Username-Password-Authentication'

const folder = makeTestFolder()
const ports = await freePorts()
const server = launch(join(folder, 'data'), ports)

after(async () => {
  killLaunched()
  await clearTestFolder(folder, [])
})

await untilReady(server)
const environment = Object.fromEntries(
  [...server.output().matchAll(/^export (\w+)=(.+)$/gm)].map(([, name = '', value = '']) => [name, value]),
)
const { AUTH0_DOMAIN = '', AUTH0_CLIENT_ID = '', AUTH0_CLIENT_SECRET = '', NODE_EXTRA_CA_CERTS = '' } = environment
await makeCrowd()

/** Makes users enough for several pages, all of one family. */
async function makeCrowd(): Promise<void> {
  const { body: token } = await ask(`https://${AUTH0_DOMAIN}`, '/oauth/token', {
    method: 'POST',
    ca: NODE_EXTRA_CA_CERTS,
    body: {
      grant_type: 'client_credentials',
      client_id: AUTH0_CLIENT_ID,
      client_secret: AUTH0_CLIENT_SECRET,
      audience: `https://${AUTH0_DOMAIN}/api/v2/`,
    },
  })
  const headers = { authorization: `Bearer ${token.access_token}` }
  let next = 0
  const makers = Array.from({ length: 8 }, async () => {
    while (next < CROWD_SIZE) {
      next += 1
      const person = { email: `${next}@crowd.example`, family_name: 'Crowd', password: 'Morgentau-27-Fenster' }
      const body = { connection: CONNECTION, ...person }
      const { status } = await ask(server.url, '/api/v2/users', { method: 'POST', headers, body })
      assert.equal(status, 201)
    }
  })
  await Promise.all(makers)
}

/** Goes the journey in a fresh process: Node reads NODE_EXTRA_CA_CERTS once, at its start. */
async function journey(generation: string, name: string): Promise<Report> {
  const script = join(import.meta.dirname, 'journey.child.ts')
  const options = { env: environment, maxBuffer: 64 * 1024 * 1024 }
  const { stdout } = await promisify(execFile)(process.execPath, [script, generation, name], options)
  return JSON.parse(stdout)
}

for (const generation of GENERATIONS) {
  const manifest = join(import.meta.dirname, `../../node_modules/auth0-${generation}/package.json`)
  const { version } = JSON.parse(readFileSync(manifest, 'utf8'))
  describe(`through auth0 ${version}`, () => {
    const name = `sdk${generation}`
    let report: Report = {}
    before(async () => {
      report = await journey(generation, name)
    })
    const reader = readerOf(generation, () => report)
    expectToken(reader)
    expectUser(reader, name)
    expectUserLists(reader, name)
    expectPeople(reader)
    expectRoles(reader, name)
    expectOrganizations(reader, name)
    expectJobs(reader, name)
    expectRefusals(reader, AUTH0_DOMAIN)
    expectLook(reader)
    expectConfiguration(reader, { name, domain: AUTH0_DOMAIN, clientId: AUTH0_CLIENT_ID, version })
  })
}

function expectToken({ answer, fit }: Reader): void {
  it('the printed client gets a token with every scope and a lifetime in seconds', () => {
    fit('token', 'token')
    const { expires_in, scope, access_token } = answer('token')
    assert.equal(expires_in, 86_400)
    for (const wanted of ['read:users', 'update:users', 'create:clients', 'read:logs']) {
      assert.ok(scope.split(' ').includes(wanted), wanted)
    }
    const { iat, exp, iss, aud, sub, azp, gty } = JSON.parse(
      Buffer.from(access_token.split('.')[1], 'base64url').toString(),
    )
    assert.equal(exp - iat, 86_400)
    assert.deepEqual(
      { iss, aud, sub, azp, gty },
      {
        iss: `http://localhost:${ports.PORT}/`,
        aud: `https://${AUTH0_DOMAIN}/api/v2/`,
        sub: `${AUTH0_CLIENT_ID}@clients`,
        azp: AUTH0_CLIENT_ID,
        gty: 'client-credentials',
      },
    )
  })
}
