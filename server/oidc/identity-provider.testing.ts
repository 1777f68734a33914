/** An identity provider elsewhere, for tests: OpenID Connect over HTTP on this machine, which tells what a test wants it to. */
import { createHash, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after } from 'node:test'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'

export const PROVIDER_CLIENT = 'tenantry-at-the-provider'
export const PROVIDER_SECRET = 'a-secret-at-the-provider'

type Code = { nonce: string; challenge: string; redirectUri: string }

/** How it misbehaves. */
export type Misbehaviour = {
  nonce?: string
  issuer?: string
  audience?: string
  key?: 'another'
  down?: boolean
  error?: string
  /** What it names itself in the address by which it sends people back (RFC 9207). */
  returnedIssuer?: string
  /** Where its token endpoint sends on to. */
  moved?: string
  /** Its userinfo as text. */
  told?: string
  /** What it says of itself besides, or otherwise. */
  described?: Record<string, unknown>
}

/** Starts it; it stops with the test file. */
export async function startIdentityProvider() {
  const [ours, another] = await Promise.all([generateKeyPair('RS256'), generateKeyPair('RS256')])
  const jwk = { ...(await exportJWK(ours.publicKey)), kid: 'one', alg: 'RS256', use: 'sig' }
  const codes = new Map<string, Code>()
  const state = {
    /** Who signs in next, as the ID token and the userinfo endpoint tell of him. */
    person: { sub: 'nobody' } as Record<string, unknown>,
    userinfo: {} as Record<string, unknown>,
    misbehaves: {} as Misbehaviour,
    asked: [] as URL[],
  }
  const server = createServer((request, response) => {
    answer(request).then(
      ({ status = 200, location, body }) => {
        response.writeHead(status, { 'content-type': 'application/json', ...(location ? { location } : {}) })
        response.end(body === undefined || typeof body === 'string' ? body : JSON.stringify(body))
      },
      () => response.writeHead(500).end(),
    )
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  after(() => server.close())
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  type Reply = { status?: number; location?: string; body?: unknown }

  async function answer(request: IncomingMessage): Promise<Reply> {
    if (state.misbehaves.down) return { status: 503 }
    const url = new URL(request.url ?? '/', issuer)
    if (url.pathname === '/.well-known/openid-configuration') return { body: describe() }
    if (url.pathname === '/keys') return { body: { keys: [jwk] } }
    if (url.pathname === '/authorize') return authorize(url)
    if (url.pathname === '/token' && state.misbehaves.moved) return { status: 307, location: state.misbehaves.moved }
    if (url.pathname === '/token') return await exchange(new URLSearchParams(await bodyOf(request)))
    if (url.pathname === '/userinfo' && state.misbehaves.told) return { body: state.misbehaves.told }
    if (url.pathname === '/userinfo') return { body: { sub: state.person.sub, ...state.userinfo } }
    return { status: 404 }
  }

  function describe() {
    return {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      userinfo_endpoint: `${issuer}/userinfo`,
      jwks_uri: `${issuer}/keys`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      ...state.misbehaves.described,
    }
  }

  function authorize(url: URL): Reply {
    state.asked.push(url)
    const wanted = (name: string) => url.searchParams.get(name) ?? ''
    const back = new URL(wanted('redirect_uri'))
    back.searchParams.set('state', wanted('state'))
    if (state.misbehaves.returnedIssuer) back.searchParams.set('iss', state.misbehaves.returnedIssuer)
    if (state.misbehaves.error) back.searchParams.set('error', state.misbehaves.error)
    else {
      const code = randomBytes(16).toString('hex')
      codes.set(code, {
        nonce: wanted('nonce'),
        challenge: wanted('code_challenge'),
        redirectUri: wanted('redirect_uri'),
      })
      back.searchParams.set('code', code)
    }
    return { status: 302, location: back.href }
  }

  async function exchange(form: URLSearchParams): Promise<Reply> {
    const code = codes.get(form.get('code') ?? '')
    codes.delete(form.get('code') ?? '')
    const proof = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url')
    const isRight =
      form.get('client_id') === PROVIDER_CLIENT &&
      form.get('client_secret') === PROVIDER_SECRET &&
      code?.challenge === proof &&
      code.redirectUri === form.get('redirect_uri')
    if (!isRight) return { status: 400, body: { error: 'invalid_grant' } }
    const { nonce = code.nonce, issuer: iss = issuer, audience = PROVIDER_CLIENT, key } = state.misbehaves
    const id_token = await new SignJWT({ ...state.person, nonce })
      .setProtectedHeader({ alg: 'RS256', kid: 'one' })
      .setIssuer(iss)
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(key ? another.privateKey : ours.privateKey)
    return { body: { access_token: 'opaque', token_type: 'Bearer', expires_in: 300, id_token } }
  }

  return {
    issuer,
    state,
    /** Goes there as a browser does, and answers where it is sent back to. */
    async visit(address: URL): Promise<string> {
      const { headers } = await fetch(address, { redirect: 'manual' })
      return headers.get('location') ?? ''
    },
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const part of request.setEncoding('utf8')) text += part
  return text
}
