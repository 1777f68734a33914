/** The page on which a person makes himself an account. An address that has one already leads to the same answer. */
import type { FastifyReply } from 'fastify'
import type { Connection } from '../../connections/connection.ts'
import { ApiError } from '../../http/errors.ts'
import { requestInfoOf, withoutBody } from '../../http/request-info.ts'
import { keepIdentifier } from '../../oidc/transaction.ts'
import { fill, wordsOf } from '../../pages/texts.ts'
import type { PasswordRefusal } from '../../passwords/policy.ts'
import { isSignUpOpen, signUp } from '../../sign-in/sign-up.ts'
import { newPasswordView } from '../password-view.ts'
import { problemsOf, type SignUpProblems, type SignUpValues, signUpFields, valuesOf } from '../sign-up-fields.ts'
import type { FormProblem } from '../templates.ts'
import { PASSWORD_TEXTS } from '../texts/password.ts'
import { SIGN_UP_TEXTS } from '../texts/sign-up.ts'
import { IDENTIFIER } from './identifier.ts'
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
    if (!connection) return await tellClosed(visit)
    const { identifier, loginHint } = visit.transaction
    const email = [identifier, loginHint].find((text) => text?.includes('@'))
    return await showForm(visit, connection, { values: email === undefined ? {} : { email }, problems: {} })
  },
  post: async (visit) => {
    const { fields, surroundings } = visit
    const connection = connectionOf(visit)
    if (!connection) return await tellClosed(visit)
    const values = valuesOf(fields, connection.options)
    const problems = problemsOf(values, connection.options, surroundings)
    if (Object.keys(problems).length > 0) return await showForm(visit, connection, { values, problems }, 400)
    return await createAccount(visit, connection, values)
  },
}

function connectionOf({ transaction }: Visit): Connection | undefined {
  return transaction.connections.find(isSignUpOpen)
}

async function createAccount(visit: Visit, connection: Connection, values: SignUpValues): Promise<FastifyReply> {
  const { server, request, transaction, fields, language } = visit
  const password = typeof fields.password === 'string' ? fields.password : ''
  const info = withoutBody(requestInfoOf(request))
  const { clientId } = transaction.client
  try {
    const result = await signUp(server, { ...values, password, connection, clientId, language, request: info })
    if (result.kind === 'refused') {
      return await showForm(visit, connection, { values, problems: {}, refusal: result.refusal }, 400)
    }
    if (result.kind === 'exists' && result.identifier === 'username') {
      const problems = { username: wordsOf(SIGN_UP_TEXTS, visit.surroundings).taken_username }
      return await showForm(visit, connection, { values, problems }, 400)
    }
  } catch (error) {
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
  const { transaction, surroundings } = visit
  const texts = wordsOf(SIGN_UP_TEXTS, surroundings)
  const fields = signUpFields(values, problems, options, surroundings)
  return await show(visit, status, {
    template: 'sign-up',
    title: texts.title,
    text: texts,
    lead: fill(texts.to_continue, { application: transaction.client.name }),
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
  if (refusal) {
    const text = `${texts.password}: ${wordsOf(PASSWORD_TEXTS, visit.surroundings)[`refused_${refusal.name}`]}`
    return { title: texts.refused_title, lines: [{ text, href: '#password' }] }
  }
  // The keys are the names of fields.
  const wrong = Object.entries(problems) as [keyof SignUpProblems, string][]
  if (wrong.length === 0) return undefined
  return {
    title: wrong.length === 1 ? texts.one_problem : fill(texts.problems, { count: wrong.length }),
    lines: wrong.map(([name, cure]) => ({ text: `${texts[name]}: ${cure}`, href: `#${name}` })),
  }
}

async function tellClosed(visit: Visit): Promise<FastifyReply> {
  const texts = wordsOf(SIGN_UP_TEXTS, visit.surroundings)
  return await tell(visit, 403, {
    title: texts.closed_title,
    paragraphs: [fill(texts.closed_1, { application: visit.transaction.client.name })],
    links: [{ href: addressOf(visit, '') + IDENTIFIER, label: texts.sign_in }],
  })
}
