/** `/api/v2/branding/themes`: a tenant has one theme, or none. */
import { Type } from 'typebox'
import { randomAlphanumeric } from '../base/ids.ts'
import type { Db } from '../db/database.ts'
import { type Route, route } from '../http/define-route.ts'
import { ApiError } from '../http/errors.ts'
import { deleteTheme, lockBranding, readTheme, type StoredTheme, saveTheme } from './store.ts'
import { ThemeBody, ThemeWire, UNNAMED } from './theme.ts'

const ThemeId = Type.Object({ themeId: Type.String({ pattern: '^[a-zA-Z0-9]{32}$', description: 'Id of a theme' }) })

/** What pages make of it. */
const PARTLY =
  'Colors that could not be read are moved until they can; `base_focus_color`, `base_hover_color`, `read_only_background`, `captcha_widget_theme` and `social_buttons_layout` are kept, not shown.'

export const themeRoutes: readonly Route[] = [
  route({
    kind: 'change',
    method: 'POST',
    url: '/branding/themes',
    operationId: 'post_branding_theme',
    summary: 'Create branding theme',
    scope: ['update:branding'],
    withinOrganization: 'refused',
    event: 'sapi',
    body: ThemeBody,
    reply: { 200: ThemeWire },
    partly: PARTLY,
    handler: async ({ tx, body, audit }) => {
      await lockBranding(tx)
      if (await readTheme(tx)) throw new ApiError('theme_exists')
      return await stored(tx, { themeId: randomAlphanumeric(32), theme: body }, audit)
    },
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/branding/themes/default',
    operationId: 'get_default_branding_theme',
    summary: 'Get default branding theme',
    scope: ['read:branding'],
    withinOrganization: 'refused',
    reply: { 200: ThemeWire },
    handler: async ({ db }) => themeWire(await requireTheme(db)),
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/branding/themes/:themeId',
    operationId: 'get_branding_theme',
    summary: 'Get branding theme',
    scope: ['read:branding'],
    withinOrganization: 'refused',
    params: ThemeId,
    reply: { 200: ThemeWire },
    handler: async ({ db, params }) => themeWire(await requireTheme(db, params.themeId)),
  }),
  route({
    kind: 'change',
    method: 'PATCH',
    url: '/branding/themes/:themeId',
    operationId: 'patch_branding_theme',
    summary: 'Update branding theme',
    scope: ['update:branding'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: ThemeId,
    body: ThemeBody,
    reply: { 200: ThemeWire },
    partly: PARTLY,
    handler: async ({ tx, params, body, audit }) => {
      await lockBranding(tx)
      const before = await requireTheme(tx, params.themeId)
      audit.before = themeWire(before)
      const theme = { ...body, displayName: body.displayName ?? before.theme.displayName ?? UNNAMED }
      return await stored(tx, { themeId: before.themeId, theme }, audit)
    },
  }),
  route({
    kind: 'change',
    method: 'DELETE',
    url: '/branding/themes/:themeId',
    operationId: 'delete_branding_theme',
    summary: 'Delete branding theme',
    scope: ['delete:branding'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: ThemeId,
    reply: { 204: Type.Null() },
    handler: async ({ tx, params, audit }) => {
      await lockBranding(tx)
      const before = await requireTheme(tx, params.themeId)
      await deleteTheme(tx)
      Object.assign(audit, { target: targetOf(before), before: themeWire(before) })
    },
  }),
]

/** The theme, of this id if one is named. @throws ApiError inexistent_theme */
async function requireTheme(db: Db, themeId?: string): Promise<StoredTheme> {
  const theme = await readTheme(db)
  if (!theme || (themeId !== undefined && theme.themeId !== themeId)) throw new ApiError('inexistent_theme')
  return theme
}

async function stored(tx: Parameters<typeof saveTheme>[0], theme: StoredTheme, audit: { target?: object }) {
  await saveTheme(tx, theme)
  audit.target = targetOf(theme)
  return themeWire(theme)
}

function targetOf({ themeId }: StoredTheme) {
  return { kind: 'branding_theme', id: themeId }
}

function themeWire({ themeId, theme }: StoredTheme) {
  return { ...theme, displayName: theme.displayName ?? UNNAMED, themeId }
}
