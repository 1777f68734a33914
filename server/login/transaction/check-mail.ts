/** The page that says where a mail went; it is the same whether there is such an account or not. */
import type { FastifyReply } from 'fastify'
import { requestInfoOf, withoutBody } from '../../http/request-info.ts'
import { textOf } from '../../http/sent-fields.ts'
import { wordsOf } from '../../pages/texts.ts'
import { requestVerification } from '../../sign-in/request-verification.ts'
import { verifiesEmail } from '../../users/identifier-rules.ts'
import { MAIL_TEXTS } from '../texts/mail.ts'
import { sendReset } from './forgot.ts'
import { IDENTIFIER } from './identifier.ts'
import { addressOf, formOf, isSigningIn, lead, show, type TransactionPage, type Visit } from './visit.ts'

/** After what a mail was sent. */
type Cause = 'sign-up' | 'reset'

/** TABLE: where the address can be changed, and the name of what stands on the page. */
const CAUSES = {
  'sign-up': { back: '/signup', name: 'sent_to' },
  // To a user name, the mail goes to an address that is not told.
  reset: { back: '/forgot', name: 'asked_for' },
} as const satisfies Record<Cause, unknown>

/** Seconds after which another mail can be asked for with the button. */
const WAIT_SECONDS = 30

export const checkMailPage: TransactionPage = {
  path: '/check-mail',
  isTurn: isSigningIn,
  get: async (visit) => {
    const { identifier } = visit.transaction
    return identifier === undefined ? lead(visit, '') : await showPage(visit, identifier)
  },
  post: async (visit) => {
    const { identifier } = visit.transaction
    if (identifier === undefined) return lead(visit, '')
    const cause = causeOf(visit)
    if (cause === 'reset') await sendReset(visit, identifier)
    else await sendVerification(visit, identifier)
    return lead(visit, `/check-mail?for=${cause}&sent=again`)
  },
}

function causeOf({ query }: Visit): Cause {
  return textOf(query, 'for') === 'sign-up' ? 'sign-up' : 'reset'
}

async function sendVerification(visit: Visit, identifier: string): Promise<void> {
  const { server, request, transaction, language } = visit
  const connection = transaction.signUp
  if (!connection || !verifiesEmail(connection.options)) return
  const info = withoutBody(requestInfoOf(request))
  const { clientId } = transaction.client
  const organizationId = transaction.organization?.id
  const to = { connection, identifier }
  await requestVerification(server, { to, clientId, organizationId, language, request: info })
}

async function showPage(visit: Visit, identifier: string): Promise<FastifyReply> {
  const { query, transaction } = visit
  const texts = wordsOf(MAIL_TEXTS, visit.surroundings)
  const cause = causeOf(visit)
  const { back, name } = CAUSES[cause]
  const connection = transaction.signUp
  const hasLink = cause === 'reset' || (connection !== undefined && verifiesEmail(connection.options))
  const wasSentAgain = textOf(query, 'sent') === 'again'
  return await show(visit, 200, {
    template: 'check-mail',
    title: texts.check_title,
    text: texts,
    lead: cause === 'reset' ? texts.reset_1 : hasLink ? texts.sign_up_1 : texts.sign_up_plain,
    sent_to: texts[name],
    identifier,
    change: addressOf(visit, back),
    form: hasLink ? formOf(visit, '/check-mail', `?for=${cause}`) : undefined,
    wait: WAIT_SECONDS,
    told: wasSentAgain ? texts.sent_again : undefined,
    sign_in: cause === 'reset' ? addressOf(visit, '') + IDENTIFIER : addressOf(visit, '/password'),
  })
}
