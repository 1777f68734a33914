/** What stands around the content of a page: whose it is, and in which language. */
import type { FastifyRequest } from 'fastify'
import type { JsonObject } from '../db/tables.ts'
import type { Server } from '../http/server.ts'
import { type LanguageHints, languageLinks, languageOf } from './language.ts'
import { type Look, readLook } from './store.ts'
import type { Language, Names } from './texts.ts'
import { type Brand, OWN_THEME, type Theme, themeOf } from './theme.ts'

/** The surroundings. Without links to other languages the page cannot be opened once more. */
export type Surroundings = {
  language: Language
  theme: Theme
  languages: { code: Language; label: string; href: string; isCurrent: boolean }[]
  /** The tenant's own texts in this language. */
  texts?: Look['texts']
  /** What they name. */
  names?: Names
  /** The tenant's own Liquid around the page, and what it can show. */
  frame?: { server: Server; template: string; variables: JsonObject } | undefined
}

/** The surroundings of the page that a request asks for. @throws whatever the database throws */
export async function surroundingsOf(
  server: Server,
  request: FastifyRequest,
  hints: LanguageHints & { brand?: Brand; names?: Names; variables?: JsonObject } = {},
): Promise<Surroundings> {
  const language = languageOf(request, hints)
  const look = await readLook(server.database.db, language)
  const { template, texts } = look
  const theme = themeOf(look.settings, hints.brand, look)
  const frame =
    template === undefined
      ? undefined
      : { server, template, variables: { ...tenantVariables(look, theme, language), ...hints.variables } }
  const names = { companyName: theme.name, ...hints.names }
  return { language, theme, languages: languageLinks(request, language), texts, names, frame }
}

/** What every template can show, by Auth0's names. */
function tenantVariables({ settings, branding }: Look, theme: Theme, language: Language): JsonObject {
  const { support_email = '', support_url = '', enabled_locales } = settings
  return {
    branding: { ...branding, logo_url: theme.logo?.url ?? '', colors: { primary: theme.accent, ...branding.colors } },
    tenant: { friendly_name: theme.name, support_email, support_url, enabled_locales },
    locale: language,
    dir: 'ltr',
  }
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
  const theme = await readLook(server.database.db, language).then(
    (look) => themeOf(look.settings, {}, look),
    () => OWN_THEME,
  )
  return { language, theme, languages: [] }
}
