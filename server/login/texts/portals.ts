/** TABLE: what our own portals are called where a page leads to them or back; their names as applications are English. */
import type { BUILT_IN_CLIENTS } from '../../clients/built-in.ts'
import { type Topic, topic } from '../../pages/texts.ts'

export const PORTAL_NAMES: Topic<keyof typeof BUILT_IN_CLIENTS> = topic({
  en: { 'tenantry-account': 'your account', 'tenantry-admin': 'Administration' },
  // As after "zu" and "mit".
  de: { 'tenantry-account': 'Ihrem Konto', 'tenantry-admin': 'der Verwaltung' },
})
