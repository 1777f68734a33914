/** The page on which a person makes himself an account. An address that has one already leads to the same answer. */
import type { FastifyReply } from 'fastify'
import type { Connection } from '../../connections/connection.ts'
import { ApiError } from '../../http/errors.ts'
import { requestInfoOf, withoutBody } from '../../http/request-info.ts'
import { keepIdentifier } from '../../oidc/keep-step.ts'
import { completeStep } from '../../oidc/transaction.ts'
import { fill, wordsOf } from '../../pages/texts.ts'
import { checkPassword, type PasswordRefusal } from '../../passwords/policy.ts'
import { INVITATION_REFUSALS } from '../../sign-in/accept-invitation.ts'
import { signUp } from '../../sign-in/sign-up.ts'
import { newPasswordView } from '../password-view.ts'
import { problemsOf, type SignUpProblems, type SignUpValues, signUpFields, valuesOf } from '../sign-up-fields.ts'
import type { FormProblem } from '../templates.ts'
import { INVITATION_TEXTS } from '../texts/invitation.ts'
import { PASSWORD_TEXTS } from '../texts/password.ts'
import { fillNamed } from '../texts/portals.ts'
import { SIGN_UP_TEXTS } from '../texts/sign-up.ts'
import { IDENTIFIER } from './identifier.ts'
import { noteRefusal } from './invitation.ts'
import { pathToProvider } from './provider.ts'
import { addressOf, formOf, isSigningIn, lead, show, type TransactionPage, tell, type Visit } from './visit.ts'

/** What was sent and why it was not taken. */
type Refused = {
  values: SignUpValues
  problems: SignUpProblems
  refusal?: PasswordRefusal | undefined
  isUnclear?: boolean | undefined
}

export const signUpPage: TransactionPage = {
  path: '/signup',
  isTurn: isSigningIn,
  get: async (visit) => {
    const connection = connectionOf(visit)
    if (!connection) return await leadAway(visit)
    const { identifier, loginHint } = visit.transaction
    const email = fixedEmailOf(visit) ?? [identifier, loginHint].find((text) => text?.includes('@'))
    return await showForm(visit, connection, { values: email === undefined ? {} : { email }, problems: {} })
  },
  post: async (visit) => {
    const { fields, surroundings } = visit
    const connection = connectionOf(visit)
    if (!connection) return await leadAway(visit)
    const values = valuesOf(fields, connection.options)
    const fixed = fixedEmailOf(visit)
    if (fixed !== undefined) values.email = fixed
    const away = fixed === undefined ? await pathToProvider(visit, values.email ?? '') : undefined
    if (away) return lead(visit, away)
    const problems = problemsOf(values, connection.options, surroundings)
    if (Object.keys(problems).length > 0) {
      // All at once: whoever mends the one is not to hear of the other only then.
      const password = typeof fields.password === 'string' ? fields.password : ''
      const refusal = await checkPassword({ password, options: connection.options, person: values })
      return await showForm(visit, connection, { values, problems, refusal: refusal ?? undefined }, 400)
    }
    return await createAccount(visit, connection, values)
  },
}

/** With an invitation only as long as that one can be accepted by somebody who has no account. */
function connectionOf({ transaction }: Visit): Connection | undefined {
  const { invitation, signUp } = transaction
  return invitation && (invitation.found?.state !== 'open' || invitation.hasAccount) ? undefined : signUp
}

/** The address that an account has to have. */
function fixedEmailOf({ transaction }: Visit): string | undefined {
  return transaction.invitation?.found?.email
}

async function createAccount(visit: Visit, connection: Connection, values: SignUpValues): Promise<FastifyReply> {
  const { server, request, reply, transaction, fields, language } = visit
  const password = typeof fields.password === 'string' ? fields.password : ''
  const info = withoutBody(requestInfoOf(request))
  const { clientId } = transaction.client
  const place = { clientId, organizationId: transaction.organization?.id }
  const { ticket: invitation } = transaction.invitation ?? {}
  try {
    const asked = {
      ...values,
      password,
      connection,
      ...place,
      invitation,
      language,
      isOfOneSignIn: true,
      request: info,
    } as const
    const result = await signUp(server, asked)
    if (result.kind === 'refused') {
      return await showForm(visit, connection, { values, problems: {}, refusal: result.refusal }, 400)
    }
    if (result.kind === 'exists' && result.identifier === 'username') {
      const problems = { username: wordsOf(SIGN_UP_TEXTS, visit.surroundings).taken_username }
      return await showForm(visit, connection, { values, problems }, 400)
    }
    if (invitation !== undefined && result.kind === 'signed-up') {
      const { user, generation } = result
      const signedIn = { kind: 'signed-in', userId: user.user_id, generation, by: 'invitation' } as const
      return await completeStep(server, request, reply, transaction, signedIn)
    }
  } catch (error) {
    if (error instanceof ApiError && error.code === 'invitation_gone') {
      await noteRefusal(visit, INVITATION_REFUSALS.gone)
      return lead(visit, '/invitation')
    }
    if (!(error instanceof ApiError) || error.code !== 'invalid_body') throw error
    return await showForm(visit, connection, { values, problems: {}, isUnclear: true }, 400)
  }
  const { email, username, phone_number } = values
  await keepIdentifier(server, request, transaction, email ?? username ?? phone_number ?? '')
  // Without an address there is no mail to look for.
  return lead(visit, email === undefined ? '/password' : '/check-mail?for=sign-up')
}

async function showForm(
  visit: Visit,
  { options }: Connection,
  { values, problems, refusal, isUnclear }: Refused,
  status = 200,
): Promise<FastifyReply> {
  const { surroundings } = visit
  const texts = wordsOf(SIGN_UP_TEXTS, surroundings)
  const fixed = fixedEmailOf(visit)
  const fields = signUpFields(values, problems, options, surroundings).map((field) =>
    field.name === 'email' && fixed !== undefined ? { ...field, isFixed: true } : field,
  )
  return await show(visit, status, {
    template: 'sign-up',
    title: texts.title,
    text: texts,
    lead: leadOf(visit, texts.to_continue),
    form: formOf(visit, '/signup'),
    fields,
    focus: status === 200 ? fields.find(({ value }) => value === '')?.name : undefined,
    password: newPasswordView(options, surroundings, texts.password, { refusal, isFirst: true }),
    problem: problemOf(visit, { problems, values, refusal, isUnclear }),
    sign_in: addressOf(visit, '') + IDENTIFIER,
  })
}

function problemOf(visit: Visit, { problems, refusal, isUnclear }: Refused): FormProblem | undefined {
  const texts = wordsOf(SIGN_UP_TEXTS, visit.surroundings)
  if (isUnclear) return { title: texts.refused_title, lines: [{ text: texts.refused_line }] }
  // The keys are the names of fields.
  const wrong = Object.entries(problems) as [keyof SignUpProblems, string][]
  const lines = wrong.map(([name, cure]) => ({ text: `${texts[name]}: ${cure}`, href: `#${name}` }))
  if (refusal) {
    const text = `${texts.password}: ${wordsOf(PASSWORD_TEXTS, visit.surroundings)[`refused_${refusal.name}`]}`
    lines.push({ text, href: '#password' })
    if (wrong.length === 0) return { title: texts.refused_title, lines }
  }
  if (lines.length === 0) return undefined
  return { title: lines.length === 1 ? texts.one_problem : fill(texts.problems, { count: lines.length }), lines }
}

function leadOf({ transaction, surroundings }: Visit, otherwise: string): string {
  const { client, organization, invitation } = transaction
  if (!invitation || !organization) return fillNamed(otherwise, { application: client.name })
  const { sign_up_lead } = wordsOf(INVITATION_TEXTS, surroundings)
  return fill(sign_up_lead, { organization: organization.displayName })
}

/** Whoever came by an invitation finds on its page what can be done. */
async function leadAway(visit: Visit): Promise<FastifyReply> {
  return visit.transaction.invitation ? lead(visit, '/invitation') : await tellClosed(visit)
}

async function tellClosed(visit: Visit): Promise<FastifyReply> {
  const texts = wordsOf(SIGN_UP_TEXTS, visit.surroundings)
  return await tell(visit, 403, {
    title: texts.closed_title,
    paragraphs: [fill(texts.closed_1, { application: visit.transaction.client.name })],
    links: [{ href: addressOf(visit, '') + IDENTIFIER, label: texts.sign_in }],
  })
}
