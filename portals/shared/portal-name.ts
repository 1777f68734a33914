/** What the portal is called, for the titles of its pages: a text that every portal's table has. */
import { useSay } from './use-language.ts'

/** Says it. */
export function usePortalName(): string {
  return useSay<'portal.name'>()('portal.name')
}
