// An application without a server of its own: authorization code with PKCE (RFC 7636). Whoever is signed in already is
// known without a question, so that what is shown is what is so now.
const element = (id) => document.getElementById(id)
const query = new URLSearchParams(location.search)
const place = `sign-in ${location.pathname}`
const links = { in: element('sign-in'), up: element('sign-up') }
// Of the sign-in and the token, not of the person.
const aboutToken = ['iss', 'aud', 'azp', 'iat', 'exp', 'auth_time', 'amr', 'acr', 'nonce', 'sid', 'at_hash', 'c_hash']
const ids = ['sub', 'sid', 'nonce', 'at_hash', 'c_hash']

const base64url = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)))

async function begin(link, prompt) {
  const verifier = random()
  const [state, nonce] = [random(), random()]
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))
  const address = new URL(link.href)
  const more = { state, nonce, code_challenge: base64url(digest), ...(prompt ? { prompt } : {}) }
  for (const [name, value] of Object.entries(more)) address.searchParams.set(name, value)
  sessionStorage.setItem(place, JSON.stringify({ verifier, state, nonce, isSilent: prompt === 'none' }))
  location.assign(address)
}

async function finish({ verifier, state, nonce }) {
  if (query.get('state') !== state) throw new Error('state')
  if (!query.has('code')) throw new Error(query.get('error'))
  const asked = new URL(links.in.href).searchParams
  const answer = await fetch('/oauth/token', {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: asked.get('client_id'),
      redirect_uri: asked.get('redirect_uri'),
      code: query.get('code'),
      code_verifier: verifier,
    }),
  })
  const { id_token, error } = await answer.json()
  if (!answer.ok) throw new Error(error)
  // It came from the token endpoint itself, so its signature need not be checked (OpenID Connect Core §3.1.3.7).
  const payload = id_token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/')
  const claims = JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(payload), (one) => one.charCodeAt(0))))
  if (claims.nonce !== nonce) throw new Error('nonce')
  show(claims)
}

function show(claims) {
  for (const [name, value] of Object.entries(claims)) {
    const row = document.createElement('div')
    row.append(cell('dt', name, true), cell('dd', written(name, value), ids.includes(name)))
    element(aboutToken.includes(name) ? 'token' : 'person').append(row)
  }
  element('inside').hidden = false
  element('sign-out').hidden = false
}

function cell(tag, text, isId) {
  const made = document.createElement(tag)
  const inner = isId ? made.appendChild(document.createElement('code')) : made
  inner.textContent = text
  return made
}

function written(name, value) {
  const { yes, no } = element('inside').dataset
  if (typeof value === 'boolean') return value ? yes : no
  const seconds = ['iat', 'exp', 'auth_time'].includes(name) ? value * 1000 : undefined
  const time = name === 'updated_at' ? value : seconds
  if (time !== undefined) return new Date(time).toLocaleString(document.documentElement.lang)
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function fail(reason, isSilent) {
  element('outside').hidden = false
  // Nobody is signed in, or has something to do first: that is no fault.
  if (isSilent) return
  element('failed').hidden = false
  element('failed').querySelector('code').textContent = reason
}

for (const link of Object.values(links)) {
  link.addEventListener('click', (event) => {
    event.preventDefault()
    begin(link)
  })
}
const kept = JSON.parse(sessionStorage.getItem(place) ?? 'null')
sessionStorage.removeItem(place)
for (const id of ['outside', 'sign-out']) element(id).hidden = true
if (query.get('screen_hint') === 'signup') {
  history.replaceState(null, '', location.pathname)
  begin(links.up)
} else if (query.has('invitation')) {
  // The link to sign in has it, too; it works once.
  history.replaceState(null, '', location.pathname)
  begin(links.in)
} else if (query.has('state')) {
  history.replaceState(null, '', location.pathname)
  if (kept) finish(kept).catch(({ message }) => fail(message, kept.isSilent))
  else fail('state', true)
} else begin(links.in, 'none')
