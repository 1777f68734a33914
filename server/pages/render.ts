/**
 * Renders pages and sends them. A folder with pages makes a sender of its templates, which are read once, at the start;
 * its templates fill the frame that all have in common. A page is one answer and a font of ours, so that no other
 * request carries its address anywhere.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyReply } from 'fastify'
import type { Liquid } from 'liquidjs'
import { FONTS } from './assets.ts'
import { BASE_STYLE, compactStyle } from './base-style.ts'
import { type FormTargets, pageHeaders } from './page-headers.ts'
import type { Surroundings } from './surroundings.ts'
import { frameByTenant } from './tenant-frame.ts'
import { FRAME } from './texts.ts'
import { loadedBy, styleOf } from './theme.ts'

/** A page by the name of its template, with the title and whatever else the template shows. */
export type Page<Template extends string> = {
  template: Template
  title: string
  /** Where its forms may lead besides our own pages. */
  formTargets?: FormTargets
  /** What it has beside the style and script of every page; a script of its own may call our APIs. */
  own?: { style: string; script?: string } | undefined
  /** Addresses of pictures on it. */
  images?: readonly string[]
  /** Whether it shows another page of ours within it. */
  hasFrame?: boolean
} & Record<string, unknown>

/** Renders a page and sends it. */
export type PageSender<Template extends string> = (
  reply: FastifyReply,
  status: number,
  surroundings: Surroundings,
  page: Page<Template>,
) => Promise<FastifyReply>

const own = import.meta.dirname
const FRAME_TEMPLATES = ['frame', 'problem', 'password', 'facts']

const style = [BASE_STYLE, compactStyle(readText(own, 'style.css'))].join('')
const script = readText(own, 'page.js')

/** Makes the sender of a folder. @param names of its templates */
export function pageSender<Template extends string>(folder: string, names: readonly Template[]): PageSender<Template> {
  const templates = Object.fromEntries([
    ...FRAME_TEMPLATES.map((name) => [name, readText(own, `${name}.liquid`)]),
    ...names.map((name) => [name, readText(folder, `${name}.liquid`)]),
  ])
  let engine: Promise<Liquid> | undefined
  return async (reply, status, surroundings, page) => {
    const { language, theme, languages } = surroundings
    const { template, formTargets = [], text, own: parts, hasFrame, images = [], ...shown } = page
    engine ??= openEngine(templates)
    const opened = engine
    const moreStyles = [styleOf(theme), parts?.style ?? ''].filter(Boolean)
    const moreScripts = parts?.script ? [parts.script] : []
    const values = {
      ...shown,
      language,
      languages,
      // What a page says beside the frame is a table of texts of its own.
      text: { ...FRAME[language], ...(text as object | undefined) },
      theme,
      font: FONTS.latin.path,
      styles: [style, ...moreStyles],
      script,
      own_scripts: moreScripts,
    }
    const render = async (isFramed: boolean): Promise<string> =>
      await (await opened).renderFile(template, { ...values, is_framed: isFramed })
    const needs = {
      styles: [style, ...moreStyles],
      scripts: [script, ...moreScripts],
      targets: formTargets,
      mayCall: moreScripts.length > 0,
      mayFrame: hasFrame,
      ...loadedBy(theme, images),
    }
    // A page with parts of its own is one of ours, and no prompt.
    const framed = parts ? undefined : await frameByTenant(surroundings, { name: template, render })
    if (!framed)
      return reply
        .code(status)
        .headers(pageHeaders(needs))
        .send(await render(false))
    return reply
      .code(status)
      .headers(pageHeaders({ ...needs, ...framed.needs }))
      .send(framed.html)
  }
}

/** Loaded for the first page: most starts are waited for by machines, which want none. */
async function openEngine(templates: Record<string, string>): Promise<Liquid> {
  const { Liquid } = await import('liquidjs')
  return new Liquid({
    // Templates come from memory alone: with this option LiquidJS opens no file, whatever a template asks for.
    templates,
    outputEscape: 'escape',
    ownPropertyOnly: true,
    strictFilters: true,
    parseLimit: 200_000,
    renderLimit: 10_000,
    memoryLimit: 2_000_000,
    cache: true,
  })
}

function readText(folder: string, name: string): string {
  return readFileSync(join(folder, name), 'utf8').trim()
}
