/** TABLE: what our own portals are called where a page leads to them or back; their names as applications are English. */
import type { BUILT_IN_CLIENTS } from '../../clients/built-in.ts'
import { fill, type Topic, topic } from '../../pages/texts.ts'

export const PORTAL_NAMES: Topic<keyof typeof BUILT_IN_CLIENTS> = topic({
  en: { 'tenantry-account': 'your account', 'tenantry-admin': 'Administration' },
  // As after "zu" and "mit".
  de: { 'tenantry-account': 'Ihrem Konto', 'tenantry-admin': 'der Verwaltung' },
})

/** The same where a tenant's own text names the application in a sentence of his. */
export const PORTAL_TITLES: Topic<keyof typeof BUILT_IN_CLIENTS> = topic({
  en: { 'tenantry-account': 'Your account', 'tenantry-admin': 'Administration' },
  de: { 'tenantry-account': 'Ihr Konto', 'tenantry-admin': 'Verwaltung' },
})

/** Fills in what an application is called. German writes `zu der` as one word. */
export function fillNamed(text: string, values: Readonly<Record<string, string | number>>): string {
  return fill(text, values).replace('zu der Verwaltung', 'zur Verwaltung')
}
