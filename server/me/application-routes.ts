/** `/me/v1/applications`. */
import { Type } from 'typebox'
import { transact } from '../db/database.ts'
import { route } from '../http/define-route.ts'
import { operationEvent } from '../http/operation-event.ts'
import { STORABLE } from '../http/unstorable.ts'
import { recordEvent } from '../logs/record.ts'
import { AllowedApplication, listAllowedApplications, withdrawApplication } from './applications.ts'
import { type MyAccountRoute, ownIdOf } from './my-account.ts'

const WITHDRAW = {
  operationId: 'delete_me_applications_by_id',
  summary: 'Take back what one has allowed an application',
  event: 'sapi',
  scope: ['delete:me:applications'],
} as const

export const applicationRoutes: readonly MyAccountRoute[] = [
  route({
    kind: 'read',
    method: 'GET',
    url: '/applications',
    operationId: 'get_me_applications',
    summary: 'See which applications one has allowed something',
    scope: ['read:me:applications'],
    // What a person allows is his own, in whichever organization he is.
    withinOrganization: 'refused',
    reply: { 200: Type.Object({ applications: Type.Array(AllowedApplication) }) },
    ours: true,
    handler: async (call) => ({ applications: await listAllowedApplications(call.db, ownIdOf(call)) }),
  }),
  route({
    kind: 'use case',
    method: 'DELETE',
    url: '/applications/:id',
    ...WITHDRAW,
    withinOrganization: 'refused',
    params: Type.Object({ id: Type.String({ minLength: 1, maxLength: 100, description: 'Client id', ...STORABLE }) }),
    reply: { 204: Type.Null() },
    ours: true,
    handler: async (call) => {
      const [userId, clientId] = [ownIdOf(call), call.params.id]
      await transact(call.db, async (tx) => {
        await withdrawApplication(tx, call.actor, { userId, clientId }, call.info)
        const audit = { userId, target: { kind: 'client', id: clientId } }
        await recordEvent(tx, operationEvent({ ...WITHDRAW, status: 204 }, call, audit))
      })
      return null
    },
  }),
]
