/** What is said to somebody whose password was right and who may not sign in all the same. */
import { fill, wordsOf } from '../../pages/texts.ts'
import type { SignInCheckCode } from '../../sign-in/checks.ts'
import { ORGANIZATION_TEXTS } from '../texts/organization.ts'
import { SIGN_IN_TEXTS } from '../texts/sign-in.ts'
import type { Visit } from './visit.ts'

/** TABLE: of which checks an organization tells the same: why one does not get in is for it to say. */
const OF_ORGANIZATION: ReadonlySet<SignInCheckCode> = new Set([
  'organization_suspended',
  'membership_blocked',
  'membership_ended',
  'not_a_member',
])

/** Title and sentences about a check that the person cannot clear himself. */
export function blockedWords(
  { transaction, surroundings }: Visit,
  code: SignInCheckCode,
): { title: string; paragraphs: string[] } {
  const { client, organization } = transaction
  if (organization && OF_ORGANIZATION.has(code)) {
    const texts = wordsOf(ORGANIZATION_TEXTS, surroundings)
    const [title = '', ...paragraphs] = [texts.shut_title, texts.shut_1, texts.shut_2].map((text) =>
      fill(text, { organization: organization.displayName }),
    )
    return { title, paragraphs }
  }
  const texts = wordsOf(SIGN_IN_TEXTS, surroundings)
  const isClosed = code === 'application_closed' || code === 'application_closed_to_user'
  const words = { application: client.name }
  return {
    title: fill(isClosed ? texts.closed_title : texts.blocked_title, words),
    paragraphs: [fill(isClosed ? texts.closed_1 : texts.blocked_1, words)],
  }
}
