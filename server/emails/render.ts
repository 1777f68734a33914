/** Makes a mail of what it tells: in our words and layout, and where the tenant has written a template, in his. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Liquid, Template } from 'liquidjs'
import type { JsonObject } from '../db/tables.ts'
import type { Server } from '../http/server.ts'
import { sandboxOf } from '../liquid/sandbox.ts'
import { accentsOf } from '../pages/accent.ts'
import { fill, type Language } from '../pages/texts.ts'
import type { Theme } from '../pages/theme.ts'
import { oneLine, type Sender, senderOf } from './sender.ts'
import type { EmailTemplateName, TemplateSettings } from './templates.ts'
import { MAIL_FRAME, MAIL_WORDS } from './texts.ts'

/** What a mail tells. */
export type MailContent = {
  template: EmailTemplateName
  language: Language
  /** Whose mail it is. */
  theme: Theme
  application: string
  /** How to greet the person; undefined where nothing is known that is a name. */
  addressee: string | undefined
  email: string
  /** Of an invitation: to what, and who invites, where that is a name. */
  invitation?: { organization: string; inviter: string | undefined }
  /** The address of whoever caused it. */
  ip: string | undefined
  /** The person's time zone. */
  zone: string | undefined
  link: { url: string; expiresAt: Date } | undefined
  signInUrl: string | undefined
  /** What it tells besides, for our words: by the names of the template's own variables. */
  facts: Readonly<Record<string, string | number>>
  /** Auth0's variables, for templates of the tenant. */
  variables: JsonObject
}

/** A mail ready to be sent. `failure` says why the tenant's template was not used. */
export type RenderedMail = {
  subject: string
  html: string
  text: string
  from: Sender | undefined
  failure?: string
}

/** Makes it. What the tenant has not written is ours, and so is all of it if his template fails. */
export async function renderMail(
  server: Server,
  content: MailContent,
  own: TemplateSettings | undefined,
): Promise<RenderedMail> {
  const ours = await renderOurs(content)
  const { body, subject, from } = own ?? {}
  if (!body && !subject && !from) return ours
  const plain = { ...(subject ? { subject } : {}), ...(from ? { from } : {}) }
  try {
    const { variables } = content
    const made = await sandboxOf(server).render({ body: body || undefined, plain, variables })
    return {
      subject: oneLine(made.plain.subject ?? '') || ours.subject,
      html: made.html ?? ours.html,
      text: made.text ?? ours.text,
      from: senderOf(made.plain.from ?? ''),
    }
  } catch (error) {
    return { ...ours, failure: error instanceof Error ? error.message : 'The template failed.' }
  }
}

// The accent of our own pages, in sRGB: readers of mail know no other colours.
const OWN_ACCENT = {
  light: { fill: '#016869', ink: '#ffffff', text: '#016869', edge: '#016869' },
  dark: { fill: '#6bcac9', ink: '#041819', text: '#6bcac9', edge: '#6bcac9' },
}

async function renderOurs(content: MailContent): Promise<RenderedMail> {
  const { template, language, theme, link, application, email, ip, addressee, signInUrl, facts, invitation } = content
  const frame = MAIL_FRAME[language]
  const words = MAIL_WORDS[language][template]
  const { organization = '', inviter } = invitation ?? {}
  const known = {
    ...inWordsOf(facts, content),
    application,
    email,
    ip: ip ?? '?',
    brand: theme.name,
    contact: theme.help?.label ?? '',
  }
  const values = { ...known, organization, inviter: inviter ?? '' }
  const say = (text: string) => fill(text, values)
  const greeting = addressee === undefined ? frame.plain_greeting : fill(frame.greeting, { name: addressee })
  const said = words.lines.filter((line) => inviter !== undefined || !line.includes('{inviter}'))
  const lines = [greeting, ...said.map(say)]
  const foot = [words.note, ...(theme.help ? [frame.contact] : []), frame.sent_by].map(say)
  const until = link ? fill(frame.until, { time: inWords(link.expiresAt, content) }) : ''
  const act = link && words.act
  const aside = signInUrl === undefined || words.aside === undefined ? undefined : words.aside
  const subject = oneLine(say(words.subject))
  const html = await renderLayout({
    language,
    title: say(words.title),
    brand: theme.name,
    letter: theme.letter,
    lines,
    link: act === undefined ? undefined : { url: link?.url, act, until, as_text: frame.link_as_text },
    aside: aside === undefined ? undefined : { text: aside, url: signInUrl },
    foot,
    ...(theme.accent === undefined ? OWN_ACCENT : accentsOf(theme.accent)),
  })
  const parts = [
    ...lines,
    ...(act === undefined ? [] : [`${act}:\n${link?.url}`, until]),
    ...(aside === undefined ? [] : [`${aside}\n${signInUrl}`]),
    '--',
    ...foot,
  ]
  return { subject, html, text: `${parts.join('\n\n')}\n`, from: undefined }
}

let loaded: Promise<{ engine: Liquid; layout: Template[] }> | undefined

async function renderLayout(values: object): Promise<string> {
  loaded ??= loadLayout()
  const { engine, layout } = await loaded
  // At once: nothing in our layout waits.
  return engine.renderSync(layout, values)
}

/** Loaded for the first mail: most starts are waited for by machines, which send none. */
async function loadLayout(): Promise<{ engine: Liquid; layout: Template[] }> {
  const { Liquid } = await import('liquidjs')
  const engine = new Liquid({ templates: {}, outputEscape: 'escape', ownPropertyOnly: true, strictFilters: true })
  return { engine, layout: engine.parse(readFileSync(join(import.meta.dirname, 'layout.liquid'), 'utf8')) }
}

const LOCALES = { en: 'en-GB', de: 'de-DE' } as const satisfies Record<Language, string>

/** Of the facts, moments as people say them. */
function inWordsOf(facts: MailContent['facts'], content: MailContent): MailContent['facts'] {
  return Object.fromEntries(
    Object.entries(facts).map(([name, value]) =>
      name.endsWith('_at') && typeof value === 'string' && !Number.isNaN(Date.parse(value))
        ? [name, inWords(new Date(value), content)]
        : [name, value],
    ),
  )
}

/** The moment where the person is, as far as he has said so, and where that is. */
function inWords(at: Date, { language, zone = '' }: MailContent): string {
  const { format, place } = zoneOf(language, zone)
  return `${format.format(at)} (${place})`
}

type Zone = { format: Intl.DateTimeFormat; place: string }

// Making a format takes longer than all else about a mail.
const zones = new Map<string, Zone>()
const MOST_ZONES = 1_000

function zoneOf(language: Language, zone: string): Zone {
  const key = `${language}|${zone}`
  const known = zones.get(key)
  if (known) return known
  // What people say of themselves is not always a zone, and never ends.
  if (zones.size >= MOST_ZONES) zones.clear()
  const made = newZone(LOCALES[language], zone)
  zones.set(key, made)
  return made
}

const PARTS = { weekday: 'long', day: 'numeric', month: 'long', hour: '2-digit', minute: '2-digit' } as const

function newZone(locale: string, zone: string): Zone {
  try {
    const format = new Intl.DateTimeFormat(locale, { ...PARTS, timeZone: zone })
    return { format, place: zone.replace(/^.*\//, '').replaceAll('_', ' ') }
  } catch {
    // An unknown name is all that it throws for.
    return { format: new Intl.DateTimeFormat(locale, { ...PARTS, timeZone: 'UTC' }), place: 'UTC' }
  }
}
