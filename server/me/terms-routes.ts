/** `/me/v1/terms`. */
import { Type } from 'typebox'
import { transact } from '../db/database.ts'
import { route } from '../http/define-route.ts'
import { STORABLE } from '../http/unstorable.ts'
import { type MyAccountRoute, ownIdOf } from './my-account.ts'
import {
  answerOwnTerms,
  listOwnAcceptances,
  listOwnTerms,
  OwnAcceptance,
  OwnTerms,
  OwnVersion,
  requireOwnVersion,
} from './terms.ts'

const DEFAULT_TAKE = 50

const Language = Type.String({ minLength: 2, maxLength: 35, ...STORABLE, description: 'In which language, such as de' })
const InLanguage = Type.Object({ language: Type.Optional(Language) })
const TermsId = Type.Object({
  id: Type.String({ minLength: 1, maxLength: 100, ...STORABLE, description: 'Id of the terms' }),
})
const version = Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'Number of the version' })

export const termsRoutes: readonly MyAccountRoute[] = [
  route({
    kind: 'read',
    method: 'GET',
    url: '/terms',
    operationId: 'get_me_terms',
    summary: 'See the terms and consents that concern one',
    scope: ['read:me:terms'],
    // What a person has agreed to is his own, in whichever organization he is.
    withinOrganization: 'refused',
    query: InLanguage,
    reply: { 200: Type.Object({ terms: Type.Array(OwnTerms) }) },
    ours: true,
    handler: async (call) => ({ terms: await listOwnTerms(call.db, ownIdOf(call), call.query.language ?? 'en') }),
  }),
  route({
    kind: 'use case',
    method: 'POST',
    url: '/terms/:id/answers',
    operationId: 'post_me_terms_answers',
    summary: 'Accept terms, give a consent or withdraw it',
    scope: ['update:me:terms'],
    withinOrganization: 'refused',
    event: 'terms_accepted',
    params: TermsId,
    body: Type.Object(
      {
        version,
        accepted: Type.Boolean({ description: 'False withdraws a consent, or refuses it' }),
        language: Type.Optional(Language),
      },
      { additionalProperties: false },
    ),
    reply: { 200: OwnTerms },
    ours: true,
    handler: async (call) => {
      const { actor, params, body, info: request } = call
      const { version, accepted, language = 'en' } = body
      const userId = ownIdOf(call)
      const clientId = actor.kind === 'user' ? actor.clientId : undefined
      return await transact(call.db, async (tx) => {
        const answer = { id: params.id, version, accepted, language }
        return await answerOwnTerms(tx, { actor, userId, clientId, request }, answer)
      })
    },
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/terms/acceptances',
    operationId: 'get_me_terms_acceptances',
    summary: 'See what one has said to terms and consents, the newest first',
    scope: ['read:me:terms'],
    withinOrganization: 'refused',
    query: Type.Object({
      from: Type.Optional(Type.String({ pattern: '^acc_[A-Za-z0-9]{16}$', description: '`next` of the page before' })),
      take: Type.Optional(
        Type.Integer({ minimum: 1, maximum: 100, description: `Entries at most; ${DEFAULT_TAKE} by default` }),
      ),
    }),
    reply: {
      200: Type.Object({
        acceptances: Type.Array(OwnAcceptance),
        next: Type.Optional(Type.String({ description: 'For `from`, where there is more' })),
      }),
    },
    ours: true,
    handler: async (call) => {
      const { from: after, take = DEFAULT_TAKE } = call.query
      const rows = await listOwnAcceptances(call.db, ownIdOf(call), { after, limit: take + 1 })
      const acceptances = rows.slice(0, take)
      const next = rows.length > take ? acceptances.at(-1)?.id : undefined
      return { acceptances, ...(next === undefined ? {} : { next }) }
    },
  }),
  route({
    kind: 'read',
    method: 'GET',
    url: '/terms/:id/versions/:version',
    operationId: 'get_me_terms_version',
    summary: 'Read a version to which one has said something',
    scope: ['read:me:terms'],
    withinOrganization: 'refused',
    params: Type.Object({ ...TermsId.properties, version }),
    query: InLanguage,
    reply: { 200: OwnVersion },
    ours: true,
    handler: async (call) => {
      const { params, query } = call
      return await requireOwnVersion(call.db, ownIdOf(call), { ...params, language: query.language ?? 'en' })
    },
  }),
]
