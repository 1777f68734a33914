/** What stands around the content of a page: whose it is, and in which language. */
import type { FastifyRequest } from 'fastify'
import type { Server } from '../http/server.ts'
import { readTenantSettings } from '../tenants/store.ts'
import { type LanguageHints, languageLinks, languageOf } from './language.ts'
import type { Language } from './texts.ts'
import { type Brand, OWN_THEME, type Theme, themeOf } from './theme.ts'

/** The surroundings. Without links to other languages the page cannot be opened once more. */
export type Surroundings = {
  language: Language
  theme: Theme
  languages: { code: Language; label: string; href: string; isCurrent: boolean }[]
}

/** The surroundings of the page that a request asks for. @throws whatever the database throws */
export async function surroundingsOf(
  server: Server,
  request: FastifyRequest,
  hints: LanguageHints & { brand?: Brand } = {},
): Promise<Surroundings> {
  const language = languageOf(request, hints)
  const theme = themeOf(await readTenantSettings(server.database.db), hints.brand)
  return { language, theme, languages: languageLinks(request, language) }
}

/**
 * The surroundings of a page that comes in place of another, such as one about an error: it cannot be asked for again in
 * another language, and it is shown without a database too.
 */
export async function bareSurroundingsOf(
  server: Server,
  request: FastifyRequest,
  hints: LanguageHints = {},
): Promise<Surroundings> {
  const language = languageOf(request, hints)
  const theme = await readTenantSettings(server.database.db).then(
    (settings) => themeOf(settings),
    () => OWN_THEME,
  )
  return { language, theme, languages: [] }
}
