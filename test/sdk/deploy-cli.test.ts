/**
 * The published deploy tool, unmodified: what it takes out of one tenant it puts into an empty one, and takes out again
 * the same. It gets nothing but the address, a client and the local authority, as its README says.
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { after, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { clearTestFolder, makeTestFolder } from '../../server/db/embedded-postgres.testing.ts'
import { ask, freePorts, killLaunched, type Launched, launch, untilReady } from '../start.testing.ts'
import { CONTENT, PUBLIC_KEY } from './deploy-content.ts'

const CLIENT = { id: 'deploy', secret: 'deploy-tool-secret-of-48-characters-and-then-more' }
const TOOL = join(dirname(createRequire(import.meta.url).resolve('auth0-deploy-cli/package.json')), 'lib/index.js')

const folder = makeTestFolder()
after(async () => {
  killLaunched()
  await clearTestFolder(folder, [])
})

/** Starts an empty tenant. */
async function tenant(name: string): Promise<Launched> {
  const server = launch(join(folder, name), {
    ...(await freePorts()),
    DEMO: 'off',
    BOOTSTRAP_CLIENT_ID: CLIENT.id,
    BOOTSTRAP_CLIENT_SECRET: CLIENT.secret,
  })
  await untilReady(server)
  return server
}

/** Runs the tool; its words come back. @throws when it fails, with them */
async function run(server: Launched, excluded: string[], ...words: string[]): Promise<string> {
  const env = {
    PATH: process.env.PATH,
    AUTH0_DOMAIN: new URL(server.tlsUrl).host,
    AUTH0_CLIENT_ID: CLIENT.id,
    AUTH0_CLIENT_SECRET: CLIENT.secret,
    AUTH0_EXCLUDED: JSON.stringify(excluded),
    NODE_EXTRA_CA_CERTS: join(server.dataDir, 'tls/ca.pem'),
  }
  const options = { env, maxBuffer: 16 * 1024 * 1024 }
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [TOOL, ...words, '--env'], options)
  return stdout + stderr
}

async function tokenOf(server: Launched): Promise<string> {
  const { body } = await ask(server.url, '/oauth/token', {
    method: 'POST',
    body: {
      grant_type: 'client_credentials',
      client_id: CLIENT.id,
      client_secret: CLIENT.secret,
      audience: `${server.url}/api/v2/`,
    },
  })
  return body.access_token
}

/** Fills a tenant by its API. */
async function fill(server: Launched, token: string): Promise<void> {
  const known: Record<string, string> = { management: `${server.url}/api/v2/` }
  for (const { method, path, body, keeps } of CONTENT) {
    const text = JSON.stringify(body).replace(/\{(\w+)\}/g, (whole, name: string) => known[name] ?? whole)
    const headers = { authorization: `Bearer ${token}` }
    const answer = await ask(server.url, `/api/v2${path}`, { method, headers, body: JSON.parse(text) })
    assert.ok(answer.status < 300, `${method} ${path}: ${JSON.stringify(answer.body)}`)
    if (keeps) known[keeps] = answer.body.client_id
  }
}

/** Kinds that the server does not carry yet are left out: their operations answer that they are not offered. */
async function notOffered(server: Launched, token: string): Promise<string[]> {
  const kinds = { roles: '/roles', attackProtection: '/attack-protection/suspicious-ip-throttling' }
  const missing = []
  for (const [kind, path] of Object.entries(kinds)) {
    const answer = await ask(server.url, `/api/v2${path}`, { headers: { authorization: `Bearer ${token}` } })
    if (answer.body.errorCode === 'feature_not_enabled') missing.push(kind)
  }
  return missing
}

/** The files of a folder by their paths, with a word in the place of the tenant's own addresses. */
function filesOf(of: string, server: Launched): Record<string, string> {
  const [plain, tls] = [new URL(server.url).host, new URL(server.tlsUrl).host]
  const paths = readdirSync(of, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return Object.fromEntries(
    paths.map(({ parentPath, name }) => {
      const path = join(parentPath, name)
      const text = readFileSync(path, 'utf8')
      return [path.slice(of.length + 1), text.replaceAll(plain, '@PLAIN@').replaceAll(tls, '@TLS@')]
    }),
  )
}

/** Writes files for another tenant, with its own addresses; the key of the application that has one comes along. */
function write(to: string, files: Record<string, string>, server: Launched): void {
  for (const [path, text] of Object.entries(files)) {
    const own = text.replaceAll('@PLAIN@', new URL(server.url).host).replaceAll('@TLS@', new URL(server.tlsUrl).host)
    mkdirSync(dirname(join(to, path)), { recursive: true })
    writeFileSync(join(to, path), path === 'clients/Robot.json' ? withKey(own) : own)
  }
}

/** Public keys are not exported by the tool; who moves a tenant adds them to the file. */
function withKey(text: string): string {
  const client = JSON.parse(text)
  for (const credential of client.client_authentication_methods.private_key_jwt.credentials) credential.pem = PUBLIC_KEY
  return JSON.stringify(client)
}

describe('the deploy tool', async () => {
  const [full, empty] = await Promise.all([tenant('full'), tenant('empty')])
  const token = await tokenOf(full)
  await fill(full, token)
  const excluded = await notOffered(full, token)
  const exported = async (server: Launched, name: string) => {
    const output_folder = join(folder, name)
    await run(server, excluded, 'export', '--format', 'directory', '--output_folder', output_folder)
    return filesOf(output_folder, server)
  }

  it('takes a tenant out, puts it into an empty one, and takes it out again: the same files', async () => {
    const first = await exported(full, 'first')
    for (const path of [
      'branding/branding.json',
      'clients/Shop.json',
      'connections/harbour-office.json',
      'database-connections/Crew/database.json',
      'emails/verify_email.html',
      'grants/Shop-Orders.json',
      'prompts/custom-text.json',
      'prompts/partials/signup-password/signup-password/form-content-start.liquid',
      'resource-servers/Orders.json',
      'tenant.json',
      'themes/theme.json',
    ]) {
      assert.ok(path in first, path)
    }
    const all = Object.values(first).join('\n')
    assert.doesNotMatch(all, /not exported|never to be exported|"client_secret"|PRIVATE KEY/)
    write(join(folder, 'moved'), first, empty)
    const said = await run(empty, excluded, 'import', '--input_file', join(folder, 'moved'))
    assert.match(said, /Import Successful/)
    assert.deepEqual(await exported(empty, 'second'), first)
  })
})
