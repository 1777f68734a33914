/**
 * Goes the journey with one SDK, in a process that has what a start prints and nothing else:
 * `node journey.child.ts 7 name`. Prints the report as JSON.
 */
import { travel } from './journey.ts'
import type { SdkPackage } from './sdk.ts'

const PACKAGES: Record<string, () => Promise<SdkPackage>> = {
  '4': async () => (await import('./sdk-4.ts')).sdk4,
  '6': async () => (await import('./sdk-6.ts')).sdk6,
  '7': async () => (await import('./sdk-7.ts')).sdk7,
}

const [generation = '', name = ''] = process.argv.slice(2)
const load = PACKAGES[generation]
if (!load) throw new Error(`There is no journey with auth0 ${generation}.`)
const { AUTH0_DOMAIN = '', AUTH0_CLIENT_ID = '', AUTH0_CLIENT_SECRET = '' } = process.env
const caller = { domain: AUTH0_DOMAIN, clientId: AUTH0_CLIENT_ID, clientSecret: AUTH0_CLIENT_SECRET }
process.stdout.write(JSON.stringify(await travel(await load(), caller, name), null, 2))
