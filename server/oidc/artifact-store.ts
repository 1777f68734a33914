/**
 * All SQL about what oidc-provider keeps: codes, refresh tokens, opaque access tokens, grants, interactions. A token is
 * known by its hash alone. What belongs to a user counts only as long as the generation of his tokens is the one it
 * was made under, so that a block, a deletion or a new password ends it at once; what was earned in an organization, only
 * as long as the membership is in force and its generation and the organization's are those of then.
 */
import { sql } from 'kysely'
import { now, secondsFromNow } from '../base/clock.ts'
import { hashToken } from '../base/secrets.ts'
import { type Db, runHot } from '../db/database.ts'
import type { JsonObject } from '../db/tables.ts'
import { type MembershipProof, proveMembership } from '../organizations/sign-in-store.ts'

/** The kinds, by oidc-provider's names of its models. */
export type ArtifactKind =
  | 'AuthorizationCode'
  | 'RefreshToken'
  | 'AccessToken'
  | 'Grant'
  | 'Interaction'
  | (string & {})

/** A stored artifact. `payload` is without the token itself. */
export type Artifact = {
  payload: JsonObject
  expiresAt: Date
  consumedAt: Date | undefined
  userId: string | undefined
  generation: number | undefined
  membership: MembershipProof | undefined
}

/** The artifact with this token, unless it is past its time or its user's tokens have ended; undefined then. */
export async function findArtifact(db: Db, kind: ArtifactKind, token: string): Promise<Artifact | undefined> {
  const row = await db
    .selectFrom('oidc_artifacts as a')
    .leftJoin('users as u', 'u.user_id', 'a.user_id')
    .select(['a.payload', 'a.expires_at', 'a.consumed_at', 'a.user_id', 'a.user_generation'])
    .select(['a.organization_id', 'a.membership_generation', 'a.organization_generation'])
    .where('a.kind', '=', kind)
    .where('a.id_hash', '=', hashToken(token))
    .where('a.expires_at', '>', now())
    .where(sql<boolean>`(a.user_id is null or (u.token_generation = a.user_generation and u.blocked is not true))`)
    .executeTakeFirst()
  if (!row) return undefined
  const membership = await standingMembership(db, row)
  if (row.organization_id !== null && !membership) return undefined
  return {
    payload: row.payload,
    expiresAt: row.expires_at,
    consumedAt: row.consumed_at ?? undefined,
    userId: row.user_id ?? undefined,
    generation: row.user_generation ?? undefined,
    membership,
  }
}

type Earned = {
  user_id: string | null
  organization_id: string | null
  membership_generation: number | null
  organization_generation: number | null
}

/** The membership that something was earned in, where it is still as it was then. */
async function standingMembership(db: Db, earned: Earned): Promise<MembershipProof | undefined> {
  const { user_id: userId, organization_id: organizationId } = earned
  if (userId === null || organizationId === null) return undefined
  const proof = await proveMembership(db, { userId, organizationId })
  const isAsThen =
    proof?.membershipGeneration === earned.membership_generation &&
    proof?.organizationGeneration === earned.organization_generation
  return isAsThen ? proof : undefined
}

/** What is stored beside the payload, so that it can be listed and ended by SQL. */
export type ArtifactOwner = {
  userId: string | undefined
  clientId: string | undefined
  sessionId: string | undefined
  grantId: string | undefined
  /** The generation of the user's tokens that it was earned under; the present one where it is not said. */
  generation: number | undefined
  /** Of a sign-in to an organization. */
  membership: MembershipProof | undefined
}

/** Stores an artifact, or its new payload. @param expiresInSeconds from now */
export async function saveArtifact(
  db: Db,
  kind: ArtifactKind,
  token: string,
  payload: JsonObject,
  owner: ArtifactOwner,
  expiresInSeconds: number,
): Promise<void> {
  const { userId, clientId, sessionId, grantId, generation, membership } = owner
  const { organizationId, membershipGeneration, organizationGeneration } = membership ?? {}
  const owners = [userId, generation, clientId, sessionId, grantId, organizationId]
  const generations = [membershipGeneration, organizationGeneration]
  const values = [...owners, ...generations].map((value) => value ?? null)
  const moments = [now(), secondsFromNow(expiresInSeconds)]
  await runHot(db, SAVE, [kind, hashToken(token), JSON.stringify(payload), ...values, ...moments])
}

const SAVE = {
  name: 'artifact-save',
  text: `insert into oidc_artifacts (kind, id_hash, payload, user_id, user_generation, client_id, session_id, grant_id,
      organization_id, membership_generation, organization_generation, created_at, expires_at)
    values ($1, $2, $3, $4, coalesce($5::integer, (select token_generation from users where user_id = $4)), $6, $7, $8,
      $9, $10, $11, $12, $13)
    on conflict (kind, id_hash) do update set payload = excluded.payload, expires_at = excluded.expires_at`,
}

/** Uses a code or refresh token up. Of any number of racers one gets `true`. */
export async function consumeArtifact(db: Db, kind: ArtifactKind, token: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('oidc_artifacts')
    .set({ consumed_at: now() })
    .where('kind', '=', kind)
    .where('id_hash', '=', hashToken(token))
    .where('consumed_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** Lets an artifact live for so long from now. */
export async function prolongArtifact(db: Db, kind: ArtifactKind, token: string, seconds: number): Promise<void> {
  await db
    .updateTable('oidc_artifacts')
    .set({ expires_at: secondsFromNow(seconds) })
    .where('kind', '=', kind)
    .where('id_hash', '=', hashToken(token))
    .execute()
}

/** Removes one. */
export async function deleteArtifact(db: Db, kind: ArtifactKind, token: string): Promise<void> {
  await db.deleteFrom('oidc_artifacts').where('kind', '=', kind).where('id_hash', '=', hashToken(token)).execute()
}

/** Removes everything that came from a grant, the grant itself among it. */
export async function deleteGrantFamily(db: Db, grantId: string): Promise<void> {
  await db.deleteFrom('oidc_artifacts').where('grant_id', '=', grantId).execute()
  await deleteArtifact(db, 'Grant', grantId)
  await db.deleteFrom('refresh_tokens').where('grant_id', '=', grantId).execute()
}

/** Auth0: at most 200 refresh tokens of one user for one client; the oldest give way. Answers how many did. */
export async function trimRefreshTokens(db: Db, userId: string, clientId: string, most: number): Promise<number> {
  const { rows } = await sql<{ id_hash: string }>`
    delete from oidc_artifacts where kind = 'RefreshToken' and id_hash in (
      select id_hash from oidc_artifacts
      where kind = 'RefreshToken' and user_id = ${userId} and client_id = ${clientId} and consumed_at is null
      order by created_at desc, id_hash offset ${most})
    returning id_hash`.execute(db)
  return rows.length
}

/** Removes what is past its time, a thousand at once. Answers how many there were. */
export async function deleteExpiredArtifacts(db: Db): Promise<number> {
  const { rows } = await sql<{ kind: string }>`
    delete from oidc_artifacts where (kind, id_hash) in (
      select kind, id_hash from oidc_artifacts where expires_at < ${now()} order by expires_at limit 1000
      for update skip locked)
    returning kind`.execute(db)
  return rows.length
}
