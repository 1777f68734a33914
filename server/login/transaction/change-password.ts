/** Something to do first: replacing a password that somebody else has set. */
import type { FastifyReply } from 'fastify'
import { ApiError } from '../../http/errors.ts'
import { requestInfoOf } from '../../http/request-info.ts'
import { completeStep } from '../../oidc/transaction.ts'
import { fill, wordsOf } from '../../pages/texts.ts'
import type { PasswordRefusal } from '../../passwords/policy.ts'
import { changePassword, findTemporaryAccount } from '../../sign-in/change-password.ts'
import { newPasswordView } from '../password-view.ts'
import { PASSWORD_TEXTS } from '../texts/password.ts'
import { pageOfRequirement } from './verify-email.ts'
import { formOf, show, type TransactionPage, type Visit } from './visit.ts'

const PAGE = 'change-password'

export const changePasswordPage: TransactionPage = {
  path: `/${PAGE}`,
  isTurn: (transaction) => pageOfRequirement(transaction) === PAGE,
  get: async (visit) => await showForm(visit, undefined),
  post: async (visit) => {
    const { server, request, reply, transaction, fields } = visit
    const { user, sessionId, client } = transaction
    if (!user || sessionId === undefined) throw new ApiError('transaction_gone')
    const result = await changePassword(server, {
      userId: user.user_id,
      clientId: client.clientId,
      currentPassword: undefined,
      newPassword: typeof fields.password === 'string' ? fields.password : '',
      keepSessionId: sessionId,
      request: requestInfoOf(request),
    })
    if (result.kind === 'refused') return await showForm(visit, result.refusal)
    // The others are about a present password, which is not asked for here.
    if (result.kind !== 'changed') throw new ApiError('transaction_gone')
    return await completeStep(server, request, reply, transaction, { kind: 'requirement-met' })
  },
}

async function showForm(visit: Visit, refusal: PasswordRefusal | undefined): Promise<FastifyReply> {
  const { transaction, surroundings } = visit
  const texts = wordsOf(PASSWORD_TEXTS, surroundings)
  const { user: person, client } = transaction
  const account = person && (await findTemporaryAccount(visit.server, person.user_id))
  const user = account?.user ?? person
  return await show(visit, refusal ? 400 : 200, {
    template: 'new-password',
    title: texts.forced_title,
    text: { ...texts, effect: texts.forced_effect, save: texts.forced_save },
    lead: fill(texts.forced_1, { application: client.name }),
    form: formOf(visit, `/${PAGE}`),
    username: user?.email ?? user?.username ?? '',
    password: newPasswordView(account?.connection.options ?? {}, surroundings, texts.new_password, {
      refusal,
      hasFocus: true,
    }),
    problem: refusal && {
      title: texts.refused_title,
      lines: [{ text: texts[`refused_${refusal.name}`], href: '#password' }],
    },
  })
}
