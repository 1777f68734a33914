/**
 * Which language a page is in: the one that was chosen on a page of ours, the one the application asks for, the one
 * this browser's last person has in his profile, the organization's, those of the browser, and then English.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../config.ts'
import { cookieIn, setCookie } from '../http/cookies.ts'
import { LANGUAGES, type Language } from './texts.ts'

/** Of who signed in here last: kept a year. */
const REMEMBERED = 'ui_language'
/** Chosen with the links at the foot of a page: kept until the browser is closed. */
const CHOSEN = 'ui_language_chosen'
const YEAR_SECONDS = 31_536_000

const EVERYWHERE = 'Path=/'

/** The parameter of the links at the foot of a page. */
export const LANGUAGE_PARAMETER = 'language'

/** What is known beside the request. `uiLocales` stands before what is remembered, `otherwise` after the browser. */
export type LanguageHints = {
  uiLocales?: string | undefined
  /** Of the organization whose page it is: before that of the browser. */
  organization?: string | undefined
  otherwise?: string | undefined
}

/** Chooses it. `ui_locales` of the address counts where the transaction names none. */
export function languageOf(
  { headers, query }: FastifyRequest,
  { uiLocales, organization, otherwise }: LanguageHints = {},
): Language {
  const asked = uiLocales ?? textIn(query, 'ui_locales')
  return chooseLanguage([
    cookieIn(headers.cookie, CHOSEN),
    ...(asked ?? '').split(' '),
    cookieIn(headers.cookie, REMEMBERED),
    organization,
    ...byWeight(headers['accept-language'] ?? ''),
    otherwise,
  ])
}

/** The first that is a language of ours, regions left aside; English where none is. */
export function chooseLanguage(wanted: readonly (string | undefined)[]): Language {
  return wanted.map((tag) => tag?.slice(0, 2).toLowerCase()).find(isLanguage) ?? 'en'
}

/** Remembers the language of somebody who signs in, for the next time. It is all that the cookie says of him. */
export function rememberLanguage(config: Config, reply: FastifyReply, locale: string | undefined): void {
  const language = locale?.slice(0, 2).toLowerCase()
  if (isLanguage(language)) setCookie(config, reply, `${REMEMBERED}=${language}; Max-Age=${YEAR_SECONDS}`, EVERYWHERE)
}

/**
 * Remembers the language of somebody who signs out. What was chosen at the foot of a page before counts no more: he may
 * have changed his profile since.
 */
export function keepLanguage(config: Config, reply: FastifyReply, locale: string | undefined): void {
  rememberLanguage(config, reply, locale)
  if (locale !== undefined) setCookie(config, reply, `${CHOSEN}=; Max-Age=0`, EVERYWHERE)
}

/** Follows a link at the foot of a page: remembers the choice and leads back to the page. False when it was none. */
export function switchLanguage(config: Config, request: FastifyRequest, reply: FastifyReply): boolean {
  const chosen = textIn(request.query, LANGUAGE_PARAMETER)
  if (request.method !== 'GET' || !isLanguage(chosen)) return false
  setCookie(config, reply, `${CHOSEN}=${chosen}`, EVERYWHERE)
  reply.redirect(addressWith(request, undefined), 303)
  return true
}

/** The links at the foot of a page. */
export function languageLinks(request: FastifyRequest, current: Language) {
  // The entries are the table's own.
  const languages = Object.entries(LANGUAGES) as [Language, string][]
  return languages.map(([code, label]) => ({
    code,
    label,
    isCurrent: code === current,
    href: addressWith(request, code),
  }))
}

function addressWith({ url }: FastifyRequest, language: Language | undefined): string {
  const [path = '', query = ''] = url.split('?', 2)
  const parameters = new URLSearchParams(query)
  parameters.delete(LANGUAGE_PARAMETER)
  if (language) parameters.set(LANGUAGE_PARAMETER, language)
  // `//elsewhere` would be another host's address.
  const own = path.replace(/^\/+/, '/')
  return parameters.size > 0 ? `${own}?${parameters}` : own
}

function textIn(query: unknown, name: string): string | undefined {
  if (query === null || typeof query !== 'object') return undefined
  const value = Object.entries(query).find(([key]) => key === name)?.[1]
  return typeof value === 'string' ? value : undefined
}

function byWeight(header: string): string[] {
  return header
    .slice(0, 500)
    .split(',')
    .map((part) => {
      const [tag = '', weight] = part.split(';')
      return { tag: tag.trim(), weight: weight ? Number(weight.replace(/^\s*q=/, '')) || 0 : 1 }
    })
    .filter(({ weight }) => weight > 0)
    .sort((left, right) => right.weight - left.weight)
    .map(({ tag }) => tag)
}

function isLanguage(tag: string | undefined): tag is Language {
  return tag !== undefined && Object.hasOwn(LANGUAGES, tag)
}
