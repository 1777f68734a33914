import { type Static, Type } from 'typebox'
import type { Actor } from '../authorization/actor.ts'
import type { Tx } from '../db/database.ts'
import { type Audit, type Route, route } from '../http/define-route.ts'
import { listReplyOf } from '../http/list-reply.ts'
import { listReply, PageQuery, pagingOf } from '../http/paging.ts'
import type { RequestInfo } from '../http/request-info.ts'
import type { Server } from '../http/server.ts'
import { STORABLE } from '../http/unstorable.ts'
import { outwardScope } from '../oidc/resources.ts'
import { UserGrant } from './grant.ts'
import { type Grant, type GrantChoice, listGrants } from './store.ts'
import { withdrawGrants } from './withdraw.ts'

const storable = { minLength: 1, maxLength: 600, ...STORABLE } as const
const text = Type.Optional(Type.String(storable))

/** `/api/v2/grants`. */
export const grantRoutes: readonly Route[] = [
  route({
    kind: 'read',
    method: 'GET',
    url: '/grants',
    operationId: 'get_grants',
    summary: 'Get grants',
    scope: ['read:grants'],
    withinOrganization: 'refused',
    query: Type.Object({ ...PageQuery.properties, user_id: text, client_id: text, audience: text }),
    reply: { 200: listReplyOf('grants', UserGrant) },
    handler: async ({ server, db, actor, query }) => {
      const { user_id, client_id, audience } = query
      const choice = {
        ...(user_id === undefined ? {} : { userId: user_id }),
        ...(client_id === undefined ? {} : { clientId: client_id }),
        ...(audience === undefined ? {} : { audience: audience === userinfoOf(server) ? '' : audience }),
      }
      const paging = pagingOf(query)
      const { rows, total } = await listGrants(db, actor, choice, paging)
      return listReply('grants', paging, { rows: rows.map((row) => grantWire(server, row)), total }, () => [])
    },
  }),
  route({
    kind: 'change',
    method: 'DELETE',
    url: '/grants',
    operationId: 'delete_grants_by_user_id',
    summary: 'Delete a grant by user_id',
    scope: ['delete:grants'],
    withinOrganization: 'refused',
    event: 'sapi',
    query: Type.Object({ user_id: Type.String({ ...storable, description: 'User id' }) }),
    reply: { 204: Type.Null() },
    handler: async ({ server, tx, actor, info, query, audit }) => {
      Object.assign(audit, { userId: query.user_id, target: { kind: 'user', id: query.user_id } })
      return await withdraw({ server, tx, actor, info, audit }, { userId: query.user_id })
    },
  }),
  route({
    kind: 'change',
    method: 'DELETE',
    url: '/grants/:id',
    operationId: 'delete_grants_by_id',
    summary: 'Delete a grant by id',
    scope: ['delete:grants'],
    withinOrganization: 'refused',
    event: 'sapi',
    params: Type.Object({ id: Type.String({ ...storable, description: 'Grant id' }) }),
    reply: { 204: Type.Null() },
    handler: async ({ server, tx, actor, info, params, audit }) => {
      audit.target = { kind: 'grant', id: params.id }
      return await withdraw({ server, tx, actor, info, audit }, { id: params.id })
    },
  }),
]

type Withdrawal = { server: Server; tx: Tx; actor: Actor; info: RequestInfo; audit: Audit }

async function withdraw({ server, tx, actor, info, audit }: Withdrawal, choice: GrantChoice): Promise<null> {
  const gone = await withdrawGrants(tx, actor, choice, info)
  for (const { user_id: userId } of gone) audit.userId = userId
  if (gone.length > 0) audit.before = gone.map((grant) => grantWire(server, grant))
  return null
}

function grantWire(server: Server, { id, client_id, user_id, audience, scope }: Grant): Static<typeof UserGrant> {
  return {
    id,
    clientID: client_id,
    user_id,
    audience: audience || userinfoOf(server),
    scope: scope.map(outwardScope),
  }
}

function userinfoOf({ config }: Server): string {
  return `${config.issuer}userinfo`
}
