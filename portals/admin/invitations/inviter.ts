/** What an invitation names besides whom it is for. */

/** The application in which invitations are accepted: everybody can use it. */
export const INVITING_CLIENT = 'tenantry-account'

/** What the one who invites is called in the mail. */
export function inviterOf(person: { name?: string; email?: string } | null | undefined): string {
  return person?.name || person?.email || '–'
}
