/** What the server has written into the page: in whose name it speaks, and where it belongs. */

/** The tenant's name. */
export const TENANT = contentOf('tenant') || 'Tenantry'

/** The address under which the server is known; sign-in works under no other. */
export const PUBLIC_URL = contentOf('public-url') || location.origin

function contentOf(name: string): string {
  return document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? ''
}
