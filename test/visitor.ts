/**
 * A person with a browser without JavaScript, over the whole application and without a port: keeps cookies by path,
 * follows redirects within the server, fills in and sends forms with what is hidden in them.
 */
import assert from 'node:assert/strict'
import type { FastifyInstance } from 'fastify'

/** A page that was reached. `url` is its address; one elsewhere has no text. */
export type Visited = { status: number; url: URL; text: string; headers: Record<string, unknown> }

/** One answer, with where it leads on. */
export type Hop = Visited & { location: URL | undefined }

/** What a visitor may say about himself. */
export type VisitorOptions = {
  language?: string
  from?: string
  userAgent?: string
  /** Of another visitor whose browser this is as well: another tab of it. */
  cookies?: Map<string, Cookie>
}

/** A cookie as browsers keep it; a jar has them by name and path. */
export type Cookie = { value: string; path: string; httpOnly: boolean; sameSite: string | undefined; secure: boolean }

/** Makes a visitor of a server at an address. */
export function visitor(app: FastifyInstance, publicUrl: string, options: VisitorOptions = {}) {
  const { language = 'en', from, userAgent = 'Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0' } = options
  const { cookies = new Map<string, Cookie>() } = options
  let here: Visited | undefined

  async function hop(
    method: 'GET' | 'POST',
    address: string | URL,
    form: Record<string, string> | undefined,
    headers: Record<string, string> = {},
  ): Promise<Hop> {
    const url = new URL(address, publicUrl)
    const answer = await app.inject({
      method,
      url: url.pathname + url.search,
      headers: {
        host: url.host,
        accept: 'text/html,application/xhtml+xml',
        'accept-language': language,
        'user-agent': userAgent,
        ...cookieHeader(cookies, url.pathname),
        ...(method === 'POST'
          ? { origin: new URL(publicUrl).origin, 'content-type': 'application/x-www-form-urlencoded' }
          : {}),
        ...headers,
      },
      ...(from ? { remoteAddress: from } : {}),
      ...(method === 'POST' ? { payload: new URLSearchParams(form).toString() } : {}),
    })
    keep(cookies, answer.headers['set-cookie'])
    const { location } = answer.headers
    const leadsOn = typeof location === 'string' && answer.statusCode >= 300 && answer.statusCode <= 399
    return {
      status: answer.statusCode,
      url,
      text: answer.body,
      headers: answer.headers,
      location: leadsOn ? new URL(location, url) : undefined,
    }
  }

  async function request(
    method: 'GET' | 'POST',
    address: string | URL,
    form?: Record<string, string>,
  ): Promise<Visited> {
    let url = new URL(address, here?.url ?? publicUrl)
    let verb = method
    let body = form
    for (let hops = 0; hops < 10; hops += 1) {
      if (url.origin !== new URL(publicUrl).origin) return { status: 0, url, text: '', headers: {} }
      const { location, ...answer } = await hop(verb, url, body)
      if (!location) {
        here = answer
        return here
      }
      url = location
      if (!/^https?:$/.test(url.protocol)) return { status: 0, url, text: '', headers: {} }
      verb = 'GET'
      body = undefined
    }
    throw new Error(`Redirected in a circle at ${url}`)
  }

  return {
    cookies,
    /** The page at hand. */
    page(): Visited {
      if (!here) throw new Error('No page yet.')
      return here
    },
    /** One request, of which the answer is looked at before anything follows. It may send headers of its own. */
    hop,
    /** Opens an address, a path of ours among them. */
    open: (address: string | URL) => request('GET', address),
    /** Sends the form of the page at hand that has these fields (the only one otherwise), hidden ones as they are. */
    async send(fields: Record<string, string> = {}, action?: RegExp): Promise<Visited> {
      if (!here) throw new Error('No page yet.')
      const form = formsOf(here.text).find(
        (one) => (!action || action.test(one.action)) && Object.keys(fields).every((name) => one.names.has(name)),
      )
      assert.ok(form, `no form with ${Object.keys(fields)} on ${here.url.pathname}: ${here.text.slice(0, 2_000)}`)
      return await request('POST', new URL(form.action || here.url, here.url), { ...form.hidden, ...fields })
    },
    /** Sends whatever to an address, as a page of ours would. */
    post: (address: string | URL, fields: Record<string, string>) => request('POST', address, fields),
    /** The address of the first link whose text or address fits. */
    linkTo(fits: RegExp): string {
      const links = [...(here?.text ?? '').matchAll(/<a\b[^>]*href="([^"]*)"[^>]*>(.*?)<\/a>/gs)]
      const found = links.find(([, href, text]) => fits.test(plain(href ?? '')) || fits.test(text ?? ''))
      assert.ok(found?.[1], `no link ${fits} on ${here?.url.pathname}`)
      return plain(found[1])
    },
  }
}

/** A visitor. */
export type Visitor = ReturnType<typeof visitor>

/** The forms of a page: where they lead, what is hidden in them, and every name. */
export function formsOf(html: string): { action: string; hidden: Record<string, string>; names: Set<string> }[] {
  return [...html.matchAll(/<form\b([^>]*)>(.*?)<\/form>/gs)].map(([, attributes = '', inner = '']) => {
    const hidden: Record<string, string> = {}
    const names = new Set<string>()
    for (const [tag] of inner.matchAll(/<(?:input|button|select|textarea)\b[^>]*>/g)) {
      const name = attributeOf(tag, 'name')
      if (name === undefined) continue
      names.add(name)
      const isPreset = /\breadonly\b/.test(tag) || attributeOf(tag, 'type') === 'hidden' || /\bchecked\b/.test(tag)
      const value = attributeOf(tag, 'value')
      if (isPreset || (value !== undefined && tag.startsWith('<input') && attributeOf(tag, 'type') !== 'checkbox')) {
        if (attributeOf(tag, 'type') !== 'submit') hidden[name] = value ?? ''
      }
    }
    return { action: attributeOf(attributes, 'action') ?? '', hidden, names }
  })
}

function attributeOf(tag: string, name: string): string | undefined {
  const value = new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1]
  return value === undefined ? undefined : plain(value)
}

function plain(text: string): string {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&#34;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}

function cookieHeader(cookies: Map<string, Cookie>, path: string): { cookie?: string } {
  const fitting = [...cookies].filter(([, cookie]) => path === cookie.path || path.startsWith(withSlash(cookie.path)))
  if (fitting.length === 0) return {}
  return { cookie: fitting.map(([key, { value }]) => `${key.split(' ')[0]}=${value}`).join('; ') }
}

function withSlash(path: string): string {
  return path.endsWith('/') ? path : `${path}/`
}

/** By name and path, as browsers do. */
function keep(cookies: Map<string, Cookie>, header: string | string[] | undefined): void {
  for (const line of [header ?? []].flat()) {
    const [pair = '', ...attributes] = line.split(/;\s*/)
    const at = pair.indexOf('=')
    const value = (name: string) =>
      attributes.find((text) => text.toLowerCase().startsWith(`${name}=`))?.slice(name.length + 1)
    const path = value('path') ?? '/'
    const key = `${pair.slice(0, at)} ${path}`
    const expires = value('expires')
    if (expires !== undefined && new Date(expires).getTime() < Date.now()) cookies.delete(key)
    else {
      cookies.set(key, {
        value: pair.slice(at + 1),
        path,
        httpOnly: attributes.some((text) => /^httponly$/i.test(text)),
        sameSite: value('samesite')?.toLowerCase(),
        secure: attributes.some((text) => /^secure$/i.test(text)),
      })
    }
  }
}
