/**
 * What a start tells the person at the terminal: plain text, not a log; nothing else prints to standard output. What
 * is not indented can be pasted into a shell. The links and the secret of the demo are the only ones that are ever printed.
 */
import { BUILT_IN_CLIENTS } from '../clients/built-in.ts'
import type { Config } from '../config.ts'
import { DEMO_APPLICATIONS } from '../demo/applications.ts'
import type { Demo } from '../demo/demo.ts'
import { DEMO_COMPANIES, DEMO_PEOPLE, nameOf } from '../demo/people.ts'
import type { Persona } from '../demo/personas.ts'
import type { TlsMaterial } from './local-tls.ts'

/** Prints it: at length while the demo is on, otherwise where the server is and where its data lies. */
export function tellStory(config: Config, tls: TlsMaterial | undefined, demo: Demo | undefined): void {
  process.stdout.write(demo ? demoStory(config, tls, demo) : plainStory(config))
}

function plainStory(config: Config): string {
  const data =
    config.databaseUrl === undefined ? `Its data is in ${config.dataDir}.` : 'Its data is where DATABASE_URL says.'
  return `\nTenantry runs at ${config.publicUrl}. ${data} Stop it with Ctrl-C.\n\n`
}

function demoStory(config: Config, tls: TlsMaterial | undefined, demo: Demo): string {
  const { acme, globex } = DEMO_COMPANIES
  const address = apiAddress(config)
  return `
  Tenantry runs on this machine, for this machine alone. The first story takes a minute:

    ${config.publicUrl}

  It is filled with a demo: ${DEMO_PEOPLE.length} made-up people of two customers, ${acme.name}
  (in English) and ${globex.name} (in German). Change and break what you like.
  Everything lies in ${config.dataDir}

${placesOf(config)}
${personasOf(demo.personas)}${demo.client ? environmentAndCurl(config, tls, address, demo.client) : ''}
  The API is Auth0's Management API, so any Auth0 SDK that reads these settings works.
  Its description: ${address}/api/v2/openapi.json
  To begin with a tenant of your own: DEMO=off DATA_DIR=./my-data npm start
  Stop with Ctrl-C.

`
}

/** Where things are, a line each. */
function placesOf({ publicUrl }: Config): string {
  const { 'demo-acme': acme, 'demo-globex': globex } = DEMO_APPLICATIONS
  const places = [
    ['Sign up', `${acme.path}?screen_hint=signup`],
    ['Inbox: all mail that is sent', '/inbox'],
    ['Your account', BUILT_IN_CLIENTS['tenantry-account'].path],
    ['Administration', BUILT_IN_CLIENTS['tenantry-admin'].path],
    [acme.name, acme.path],
    [globex.name, globex.path],
  ]
  return places.map(([name = '', path]) => `    ${name.padEnd(30)}${publicUrl}${path}\n`).join('')
}

function personasOf(personas: readonly Persona[]): string {
  if (personas.length === 0) return ''
  const lines = personas.map(({ person, url }) => {
    return `    ${nameOf(person)}, ${person.title}, ${DEMO_COMPANIES[person.company].name}\n    ${url}\n`
  })
  return `  Or be one of these people. A link works once, for 24 hours, until the next start:\n\n${lines.join('\n')}`
}

function environmentAndCurl(
  config: Config,
  tls: TlsMaterial | undefined,
  address: string,
  client: { id: string; secret: string },
): string {
  const authority = tls?.authorityFile
  const curl = authority ? 'curl -sS --cacert "$NODE_EXTRA_CA_CERTS"' : 'curl -sS'
  // Without TLS there is no bare domain for an SDK to put https:// before.
  const domain = config.tlsPort === undefined ? '' : `export AUTH0_DOMAIN=${new URL(address).host}\n`
  const base = domain ? 'https://$AUTH0_DOMAIN' : address
  const audience = `${base}/api/v2/`
  return `
  Paste this into a second terminal:

${domain}export AUTH0_CLIENT_ID=${client.id}
export AUTH0_CLIENT_SECRET=${client.secret}
${authority ? `export NODE_EXTRA_CA_CERTS=${quoted(authority)}\n` : ''}
  and then ask who is there:

TOKEN=$(${curl} "${base}/oauth/token" \\
-d grant_type=client_credentials -d "client_id=$AUTH0_CLIENT_ID" -d "client_secret=$AUTH0_CLIENT_SECRET" \\
-d "audience=${audience}" | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')
${curl} "${audience}users?fields=name,email,app_metadata&per_page=5" -H "Authorization: Bearer $TOKEN"; echo
`
}

/** Where SDKs reach the API: by https if there is a listener for it. */
function apiAddress({ publicUrl, tlsPort }: Config): string {
  return tlsPort === undefined ? publicUrl : `https://${new URL(publicUrl).hostname}:${tlsPort}`
}

/** For a shell: in single quotes where a blank or another sign would end the word. */
function quoted(path: string): string {
  return /^[\w./+@:-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
}
