/** What there has to be before anybody can ask: a token for the Management API, and an application with an API of its own. */
import type { Asker } from './cases.ts'
import type { OurServer } from './servers.ts'

/** Makes it all through our own API. */
export async function prepareAsker({ port, client }: OurServer, users: number): Promise<Asker> {
  const origin = `http://127.0.0.1:${port}`
  const { access_token: token } = await post(`${origin}/oauth/token`, undefined, {
    grant_type: 'client_credentials',
    client_id: client.id,
    client_secret: client.secret,
    audience: `http://localhost:${port}/api/v2/`,
  })
  const send = (path: string, body: object) => post(`${origin}/api/v2${path}`, token, body)
  const audience = 'https://robots.example.com/'
  const scopes = [{ value: 'read:robots' }, { value: 'move:robots' }]
  await send('/resource-servers', { name: 'Robots', identifier: audience, scopes })
  const backend = await send('/clients', { name: 'Robot backend', app_type: 'non_interactive' })
  await send('/client-grants', { client_id: backend.client_id, audience, scope: scopes.map(({ value }) => value) })
  return { users, token, client: { id: backend.client_id ?? '', secret: backend.client_secret ?? '', audience } }
}

async function post(url: string, token: string | undefined, body: object): Promise<Record<string, string>> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body: JSON.stringify(body),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`POST ${url}: ${response.status} ${text}`)
  return JSON.parse(text)
}
