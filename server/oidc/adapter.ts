/** What oidc-provider calls to keep things: its models go to `sessions`, `oidc_artifacts` and `clients`. */
import { type Adapter, type AdapterPayload, errors, Provider } from 'oidc-provider'
import { nowSeconds } from '../base/clock.ts'
import type { JsonObject } from '../db/tables.ts'
import { refusalOf } from '../sign-in/checks.ts'
import { readTenantSettings } from '../tenants/store.ts'
import { userOfRequest } from './account.ts'
import {
  type Artifact,
  consumeArtifact,
  deleteArtifact,
  deleteGrantFamily,
  findArtifact,
  saveArtifact,
  trimRefreshTokens,
} from './artifact-store.ts'
import { findClientMetadata } from './client-metadata.ts'
import { meanwhile, oidcDb, oidcRequest, type ProvedUser, rememberGeneration } from './context.ts'
import { leewaySecondsOf } from './refresh-rules.ts'
import { noteGivenOut } from './refresh-tokens.ts'
import { deleteSession, findSession, findSessionByUid, type SessionPayload, saveSession } from './session-store.ts'

const HOUR_SECONDS = 3_600
/** What is given out by a sign-in, and ends with the membership where it was one to an organization. */
const EARNED: ReadonlySet<string> = new Set(['AuthorizationCode', 'AccessToken', 'RefreshToken'])
const MOST_REFRESH_TOKENS = 200

/** The adapter of a model. */
export function adapterOf(model: string): Adapter {
  if (model === 'Client') return CLIENTS
  return model === 'Session' ? SESSIONS : artifactsOf(model)
}

const nothing = async () => undefined

const CLIENTS: Adapter = {
  find: async (id) => await findClientMetadata(id),
  findByUid: nothing,
  findByUserCode: nothing,
  upsert: nothing,
  consume: nothing,
  destroy: nothing,
  revokeByGrantId: nothing,
}

const SESSIONS: Adapter = {
  find: async (token) => withToken(token, remembered(await findSession(oidcDb(), token))),
  findByUid: async (uid) => remembered(await findSessionByUid(oidcDb(), uid)),
  findByUserCode: nothing,
  async upsert(token, payload) {
    const { request } = oidcRequest()
    const settings = await readTenantSettings(oidcDb())
    // Every session has a uid: the model makes one.
    const session = payload as SessionPayload
    await saveSession(oidcDb(), {
      token,
      payload: session,
      idleSeconds: Math.round(settings.idle_session_lifetime * HOUR_SECONDS),
      lifetimeSeconds: Math.round(settings.session_lifetime * HOUR_SECONDS),
      generation: signedInGeneration(session),
      ip: request.ip,
      userAgent: request.headers['user-agent']?.slice(0, 500),
    })
  },
  consume: nothing,
  destroy: async (token) => await deleteSession(oidcDb(), token),
  revokeByGrantId: nothing,
}

function remembered(session: SessionPayload | undefined): SessionPayload | undefined {
  rememberGeneration(session?.accountId, session?.userGeneration)
  return session
}

/**
 * Codes and tokens of a sign-in end with whatever has ended it since the person proved who he is; of somebody who is there
 * no more it is refused as by the check.
 */
async function withProof(payload: JsonObject): Promise<JsonObject> {
  // `completeStep` puts it there.
  const proved = (payload.result as { proved?: ProvedUser } | undefined)?.proved
  if (!proved) return payload
  oidcRequest().generations.set(proved.userId, proved.generation)
  if (await userOfRequest(proved.userId)) return payload
  const { error, description } = refusalOf('user_blocked', { userId: proved.userId, organizationId: undefined })
  return { ...payload, result: { error, error_description: description } }
}

/** Of a sign-in in this request: under which generation the person proved who he is. */
function signedInGeneration({ accountId }: SessionPayload): number | undefined {
  // `completeStep` puts it into the result of the interaction, and a sign-in by link into the request.
  const proved = (Provider.ctx?.oidc.result?.proved as ProvedUser | undefined) ?? oidcRequest().proved
  return proved && proved.userId === accountId ? proved.generation : undefined
}

function artifactsOf(kind: string): Adapter {
  return {
    async find(token) {
      const artifact = await findArtifact(oidcDb(), kind, token)
      if (!artifact) return undefined
      rememberGeneration(artifact.userId, artifact.generation)
      if (artifact.membership) oidcRequest().membership = artifact.membership
      const payload = kind === 'Interaction' ? await withProof(artifact.payload) : artifact.payload
      // The column is the truth: tokens that do not rotate live on with each use.
      const exp = Math.floor(artifact.expiresAt.getTime() / 1000)
      return withToken(token, { ...payload, exp, ...(await consumption(artifact)) })
    },
    findByUid: nothing,
    findByUserCode: nothing,
    async upsert(token, payload, expiresIn = 0) {
      const { jti: _, ...stored } = payload
      const { accountId: userId, clientId, sessionUid, grantId } = payload
      const generation = userId === undefined ? undefined : oidcRequest().generations.get(userId)
      const membership = EARNED.has(kind) ? oidcRequest().membership : undefined
      const owner = { userId, clientId, sessionId: sessionUid, grantId, generation, membership }
      const saved = saveArtifact(oidcDb(), kind, token, stored as JsonObject, owner, expiresIn)
      if (oidcRequest().tx) meanwhile(saved)
      else await saved
      if (kind === 'RefreshToken' && userId && clientId) {
        await noteGivenOut(payload)
        await trimRefreshTokens(oidcDb(), userId, clientId, MOST_REFRESH_TOKENS)
      }
    },
    async consume(token) {
      // oidc-provider does not ask whether it was this request that used it up.
      if (await consumeArtifact(oidcDb(), kind, token)) return
      if (kind === 'RefreshToken' && (await isWithinLeeway(await findArtifact(oidcDb(), kind, token)))) return
      throw new errors.InvalidGrant('used up by another request')
    },
    destroy: async (token) => await deleteArtifact(oidcDb(), kind, token),
    revokeByGrantId: async (grantId) => await deleteGrantFamily(oidcDb(), grantId),
  }
}

/** A refresh token that was used a moment ago still counts where the client has a leeway. */
async function consumption(artifact: Artifact): Promise<{ consumed?: number }> {
  if (!artifact.consumedAt || (await isWithinLeeway(artifact))) return {}
  return { consumed: Math.floor(artifact.consumedAt.getTime() / 1000) }
}

async function isWithinLeeway(artifact: Artifact | undefined): Promise<boolean> {
  if (!artifact?.consumedAt || artifact.payload.kind !== 'RefreshToken') return false
  const leeway = await leewaySecondsOf(String(artifact.payload.clientId))
  return leeway > 0 && nowSeconds() - artifact.consumedAt.getTime() / 1000 <= leeway
}

/** The payload as the model expects it: with the token, which is stored only as its hash. */
function withToken(token: string, payload: JsonObject | undefined): AdapterPayload | undefined {
  return payload && { ...payload, jti: token }
}
