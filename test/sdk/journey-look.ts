/** The part of a journey that is about looks and signing keys. */
import type { Travel } from './journey.ts'
import { THEME } from './theme.ts'

/** Sets, reads and takes away branding, theme, template and texts, and rotates keys. */
export async function look({ own: { look, keys }, step, make }: Travel): Promise<void> {
  await step('branding changed', () => look.updateBranding({ colors: { primary: '#0059d6' }, logo_url: LOGO }))
  await step('branding read', () => look.branding())
  await step('branding taken away', () => look.updateBranding({ colors: { primary: null }, logo_url: null }))
  await step('no theme', () => look.defaultTheme())
  const { themeId } = await make('theme created', () => look.createTheme(THEME))
  await step('theme created twice', () => look.createTheme(THEME))
  await step('theme read', () => look.defaultTheme())
  await step('theme deleted', () => look.deleteTheme(themeId))
  await step('no template', () => look.template())
  await step('template set', () => look.setTemplate(TEMPLATE))
  await step('template set again', () => look.setTemplate(TEMPLATE))
  await step('template read', () => look.template())
  await step('template without a tag', () => look.setTemplate('<html></html>'))
  await step('template deleted', () => look.deleteTemplate())
  await step('prompts changed', () => look.updatePrompts({ identifier_first: true }))
  await step('prompts read', () => look.prompts())
  await step('texts set', () => look.setTexts({ 'login-id': { title: 'Aboard' } }))
  await step('texts read', () => look.texts())
  await step('texts taken away', () => look.setTexts({}))
  await step('no texts', () => look.texts())
  const { kid } = await make('keys rotated', () => keys.rotate())
  await step('current key revoked', () => keys.revoke(kid))
  await step('keys rotated again', () => keys.rotate())
  await step('previous key revoked', () => keys.revoke(kid))
  await step('revoked key read', () => keys.get(kid))
}

const LOGO = 'https://cdn.journey.example/logo.png'
const TEMPLATE = '<html><head>{%- auth0:head -%}</head><body>{%- auth0:widget -%}</body></html>'
