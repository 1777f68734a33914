/** The page on which a person allows an application what it asks for, or does not. */
import type { FastifyReply } from 'fastify'
import { type ConsentScope, completeStep } from '../../oidc/transaction.ts'
import { fill, wordsOf } from '../../pages/texts.ts'
import { CONSENT_TEXTS } from '../texts/consent.ts'
import { formOf, lead, show, type TransactionPage, type Visit } from './visit.ts'

const REFUSED = { kind: 'aborted', error: 'access_denied', description: 'User did not authorize the request' } as const

export const consentPage: TransactionPage = {
  path: '/consent',
  isTurn: ({ step }) => step.name === 'consent',
  get: async (visit) => await showPage(visit),
  post: async ({ server, request, reply, transaction, fields }) => {
    const isAllowed = fields.decision !== 'deny'
    return await completeStep(server, request, reply, transaction, isAllowed ? { kind: 'consented' } : REFUSED)
  },
}

async function showPage(visit: Visit): Promise<FastifyReply> {
  const { transaction } = visit
  const { step, client, user } = transaction
  if (step.name !== 'consent') return lead(visit, '')
  const texts = wordsOf(CONSENT_TEXTS, visit.surroundings)
  const { apiName, scopes } = step.consent
  return await show(visit, 200, {
    template: 'consent',
    title: fill(texts.title, { application: client.name }),
    text: texts,
    lead: fill(texts.lead, { application: client.name }),
    username: user?.email ?? user?.username ?? user?.name ?? '',
    scopes: scopes.map((scope) => inWords(scope, apiName, texts)),
    form: formOf(visit, '/consent'),
  })
}

/** OpenID Connect's scopes in our words; an API's in its own, with its name. */
function inWords(
  { value, description }: ConsentScope,
  apiName: string | undefined,
  texts: Record<string, string>,
): string {
  const ours = texts[`scope_${value}`]
  if (ours !== undefined) return ours
  const said = description || value
  return apiName === undefined ? said : fill(texts.of_api ?? '{description}', { description: said, api: apiName })
}
