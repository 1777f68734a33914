import { useEffect } from 'react'
import { type Accent, accentsOf } from '../../../server/pages/accent.ts'

const PLACE = 'tenantry-accent'

/**
 * Gives the portal the organization's colour, as its sign-in page has it. A sheet of our own passes the page's policy.
 * Until the colour is read, the one that it had last in this browser is used.
 *
 * @param read the colour, empty where there is none; undefined until it is read
 */
export function useAccent(organizationId: string | undefined, read: string | undefined): void {
  const place = `${PLACE}-${organizationId}`
  const colour = read ?? localStorage.getItem(place) ?? ''
  useEffect(() => {
    if (read !== undefined) localStorage.setItem(place, read)
  }, [place, read])
  useEffect(() => {
    if (!/^#[0-9a-f]{6}$/i.test(colour)) return
    const { light, dark } = accentsOf(colour)
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(`:root{${valuesOf(light)}}:root[data-mantine-color-scheme="dark"]{${valuesOf(dark)}}`)
    document.adoptedStyleSheets.push(sheet)
    return () => {
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet)
    }
  }, [colour])
}

/** The tokens that an accent changes. */
export function valuesOf({ fill, ink, text, edge, soft }: Accent): string {
  return (
    `--tn-accent:${fill};--tn-accent-ink:${ink};--tn-accent-text:${text};--tn-accent-edge:${edge};` +
    `--tn-accent-soft:${soft};--tn-focus:${text};--tn-bar-selected:${edge}`
  )
}
