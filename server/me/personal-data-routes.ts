/** `/me/v1/personal-data`. */
import { route } from '../http/define-route.ts'
import { operationEvent } from '../http/operation-event.ts'
import { recordEvent } from '../logs/record.ts'
import { findOneself, type MyAccountRoute } from './my-account.ts'
import { collectOwnData, OwnPersonalData } from './personal-data.ts'

const COPY = {
  operationId: 'get_me_personal_data',
  summary: 'Take a copy of everything that is kept of one',
  event: 'personal_data_copied',
  scope: ['read:me:personal_data'],
} as const

export const personalDataRoutes: readonly MyAccountRoute[] = [
  route({
    kind: 'read',
    method: 'GET',
    url: '/personal-data',
    ...COPY,
    // A token of one organization is to know nothing of the person's others.
    withinOrganization: 'refused',
    reply: { 200: OwnPersonalData },
    ours: true,
    isRecorded: true,
    handler: async (call) => {
      const { server, db, token, answerHeaders } = call
      const user = await findOneself({ ...call, server })
      const data = await collectOwnData(db, user, token.sessionId)
      answerHeaders['content-disposition'] = 'attachment; filename="my-data.json"'
      await recordEvent(db, operationEvent({ ...COPY, status: 200 }, call, { userId: user.user_id }))
      return data
    },
  }),
]
