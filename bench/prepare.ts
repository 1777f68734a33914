/**
 * What there has to be before anybody can ask: a token for the Management API, an application with an API of its own,
 * and one at which people sign in by password.
 */
import type { Asker } from './cases.ts'
import type { OurServer } from './servers.ts'

type Send = (method: string, path: string, body?: unknown) => Promise<Record<string, string>>

/** Makes it all through our own API. */
export async function prepareAsker({ port, client }: OurServer, users: number): Promise<Asker> {
  const { access_token: token } = await ask(port, undefined)('POST', '/oauth/token', {
    grant_type: 'client_credentials',
    client_id: client.id,
    client_secret: client.secret,
    audience: `http://localhost:${port}/api/v2/`,
  })
  const send: Send = (method, path, body) => ask(port, token)(method, `/api/v2${path}`, body)
  return { users, token, client: await prepareBackend(send), site: await prepareSite(send) }
}

async function prepareBackend(send: Send): Promise<Asker['client']> {
  const audience = 'https://robots.example.com/'
  const scopes = [{ value: 'read:robots' }, { value: 'move:robots' }]
  await send('POST', '/resource-servers', { name: 'Robots', identifier: audience, scopes })
  const backend = await send('POST', '/clients', { name: 'Robot backend', app_type: 'non_interactive' })
  const scope = scopes.map(({ value }) => value)
  await send('POST', '/client-grants', { client_id: backend.client_id, audience, scope })
  return { id: backend.client_id ?? '', secret: backend.client_secret ?? '', audience }
}

async function prepareSite(send: Send): Promise<Asker['site']> {
  const grants = ['http://auth0.com/oauth/grant-type/password-realm']
  const site = await send('POST', '/clients', { name: 'Robot site', app_type: 'regular_web', grant_types: grants })
  const { connections } = await send('GET', '/connections?strategy=auth0&include_totals=true')
  // With totals, the answer has them in a list.
  const [connection] = connections as unknown as { id: string }[]
  await send('PATCH', `/connections/${connection?.id}/clients`, [{ client_id: site.client_id, status: true }])
  return { id: site.client_id ?? '', secret: site.client_secret ?? '' }
}

function ask(port: number, token: string | undefined): Send {
  return async (method, path, body) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return text === '' ? {} : JSON.parse(text)
  }
}
