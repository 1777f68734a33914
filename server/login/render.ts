/**
 * Renders the pages of this folder and sends them. Templates, style and script are read once, at the start; a page
 * is one answer that loads nothing, so that no second request can carry its address anywhere.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyReply } from 'fastify'
import type { Liquid } from 'liquidjs'
import { LANGUAGES, type Language } from './texts.ts'

/** A page by the name of its template, with the title and whatever else the template shows. */
export type Page = { template: 'reset-password' | 'notice'; title: string } & Record<string, unknown>

const BRAND = { name: 'Tenantry', letter: 'T' }

const folder = join(import.meta.dirname, 'pages')
const read = (name: string) => readFileSync(join(folder, name), 'utf8').trim()
const style = read('style.css')
const script = read('reset-password.js')

let engine: Promise<Liquid> | undefined

/** Loaded for the first page: most starts are waited for by machines, which want none. */
async function openEngine(): Promise<Liquid> {
  const { Liquid } = await import('liquidjs')
  return new Liquid({
    // Templates come from memory alone: with this option LiquidJS opens no file, whatever a template asks for.
    templates: {
      frame: read('frame.liquid'),
      'reset-password': read('reset-password.liquid'),
      notice: read('notice.liquid'),
    },
    outputEscape: 'escape',
    ownPropertyOnly: true,
    strictFilters: true,
    parseLimit: 200_000,
    renderLimit: 10_000,
    memoryLimit: 2_000_000,
    cache: true,
  })
}

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy': [
    "default-src 'none'",
    `style-src '${sourceOf(style)}'`,
    `script-src '${sourceOf(script)}'`,
    'img-src data:',
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; '),
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  // `no-referrer` would make browsers send `Origin: null` with our own forms (Fetch Standard, "append a request
  // Origin header"), which a page in a sandboxed frame can send too. `strict-origin` keeps the true Origin, and the
  // Referer it allows is the bare origin: path and ticket go nowhere, not even to us.
  'referrer-policy': 'strict-origin',
} as const

/** Renders the page and sends it. */
export async function sendPage(
  reply: FastifyReply,
  status: number,
  language: Language,
  page: Page,
): Promise<FastifyReply> {
  const { template, ...shown } = page
  engine ??= openEngine()
  const html = await (await engine).renderFile(template, {
    ...shown,
    language,
    text: LANGUAGES[language],
    brand: BRAND,
    style,
    script,
  })
  return reply.code(status).headers(HEADERS).send(html)
}

function sourceOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}
