/** What the database says of some people, in one statement, and what has come and gone between two such looks. */
import { sql } from 'kysely'
import type { Db } from '../../server/db/database.ts'

/** What counts at a moment. Sessions, codes and tokens that are past their time or generation are not in it. */
export type PersonState = {
  user_id: string
  email: string | null
  verified: boolean
  blocked: boolean
  generation: number
  hash: string | null
  temporary: boolean
  /** By id: the hash of the cookie that proves it. */
  sessions: Record<string, string>
  /** Unused codes and refresh tokens, by their hashes. */
  artifacts: Record<string, Artifact>
  consents: string[]
  /** Open links, by the hashes of their tokens. */
  tickets: Record<string, string>
  failures: number
  /** By organization, as far as they are in force: when they began. */
  memberships: Record<string, string>
  /** In organizations, whether the membership is in force or not. */
  roles: string[]
}

/** Of a sign-in to an organization with that. */
type Artifact = {
  kind: 'AuthorizationCode' | 'RefreshToken'
  client: string
  session: string | null
  organization: string | null
}

/** By user id; whoever was deleted is not in it. */
export type Snapshot = ReadonlyMap<string, PersonState>

const IN_FORCE = sql`m.blocked_at is null and m.ends_at is null`

/** Looks. */
export async function look(db: Db, userIds: readonly string[]): Promise<Snapshot> {
  if (userIds.length === 0) return new Map()
  const at = new Date(Date.now())
  const { rows } = await sql<PersonState>`
    select u.user_id, u.email, coalesce(u.email_verified, false) as verified, coalesce(u.blocked, false) as blocked,
      u.token_generation as generation, p.hash, coalesce(p.temporary, false) as temporary,
      coalesce((select json_object_agg(s.session_id, s.token_hash) from sessions s
        where s.user_id = u.user_id and s.user_generation = u.token_generation and u.blocked is not true
          and s.idle_expires_at > ${at} and s.expires_at > ${at}), '{}') as sessions,
      coalesce((select json_object_agg(a.id_hash, json_build_object('kind', a.kind, 'client', a.client_id,
          'session', a.session_id, 'organization', a.organization_id)) from oidc_artifacts a
        where (a.organization_id is null or exists (select from memberships m where m.user_id = a.user_id
            and m.organization_id = a.organization_id and m.token_generation = a.membership_generation and ${IN_FORCE}))
          and a.user_id = u.user_id and a.user_generation = u.token_generation and u.blocked is not true
          and a.kind in ('AuthorizationCode', 'RefreshToken') and a.consumed_at is null and a.expires_at > ${at}), '{}')
        as artifacts,
      coalesce((select json_agg(concat_ws(' ', c.client_id, c.audience, name)) from consents c, unnest(c.scope) as name
        where c.user_id = u.user_id), '[]') as consents,
      coalesce((select json_object_agg(t.token_hash, t.purpose) from tickets t
        where t.user_id = u.user_id and t.consumed_at is null and t.expires_at > ${at}
          and (t.address is null or t.address = u.email)), '{}') as tickets,
      (select coalesce(sum(f.failures), 0)::int from login_failures f where f.user_id = u.user_id) as failures,
      coalesce((select json_object_agg(m.organization_id, m.token_generation::text) from memberships m
        where m.user_id = u.user_id and ${IN_FORCE}), '{}') as memberships,
      coalesce((select json_agg(r.organization_id || ' ' || r.role_id) from membership_roles r
        where r.user_id = u.user_id), '[]') as roles
    from users u left join passwords p on p.user_id = u.user_id
    where u.user_id = any(${userIds})`.execute(db)
  return new Map(rows.map((row) => [row.user_id, row]))
}

/** What can come to be. */
export type GainKind =
  | 'session'
  | 'renewed session'
  | 'code'
  | 'refresh token'
  | 'verified address'
  | 'password'
  | 'lasting password'
  | 'unblocking'
  | 'address'
  | 'consent'
  | 'forgotten failures'
  | 'link'
  | 'membership'
  | 'member role'

/** Something that was not there before. Of a session: the hashes of the cookies that prove it now and proved it before. */
export type Gain = { kind: GainKind; userId: string; artifact?: Artifact; cookies?: string[] }

/** What came to be between two looks, and how much is there no more. */
export function compare(before: Snapshot, after: Snapshot): { gains: Gain[]; losses: string[] } {
  const gains: Gain[] = []
  const losses: string[] = []
  for (const [userId, old] of before) if (!after.has(userId)) losses.push(`user ${old.email}`)
  for (const [userId, now] of after) {
    const old = before.get(userId) ?? nobody(now)
    gains.push(...gainsOf(old, now))
    for (const name of ['sessions', 'artifacts', 'tickets', 'memberships'] as const) {
      for (const key of Object.keys(old[name])) if (!(key in now[name])) losses.push(`${name} of ${now.email}`)
    }
  }
  return { gains, losses }
}

/** Whoever is new has gained what he has, but for what he gave himself by signing up. */
function nobody({ user_id, email, hash }: PersonState): PersonState {
  return {
    ...{ user_id, email, hash, verified: false, blocked: false, generation: 0, temporary: false, failures: 0 },
    ...{ sessions: {}, artifacts: {}, tickets: {}, consents: [], memberships: {}, roles: [] },
  }
}

function gainsOf(old: PersonState, now: PersonState): Gain[] {
  const gains: Gain[] = []
  const userId = now.user_id
  for (const [sessionId, cookieHash] of Object.entries(now.sessions)) {
    const former = old.sessions[sessionId]
    if (former === undefined) gains.push({ kind: 'session', userId, cookies: [cookieHash] })
    else if (former !== cookieHash) gains.push({ kind: 'renewed session', userId, cookies: [cookieHash, former] })
  }
  for (const [hash, artifact] of Object.entries(now.artifacts)) {
    const kind = artifact.kind === 'RefreshToken' ? 'refresh token' : 'code'
    if (!(hash in old.artifacts)) gains.push({ kind, userId, artifact })
  }
  const simple: [GainKind, boolean][] = [
    ['verified address', now.verified && !old.verified],
    ['password', now.hash !== old.hash],
    ['lasting password', old.temporary && !now.temporary && now.hash === old.hash],
    ['unblocking', old.blocked && !now.blocked],
    ['address', now.email !== old.email],
    ['consent', now.consents.some((one) => !old.consents.includes(one))],
    ['forgotten failures', now.failures < old.failures],
    ['membership', Object.keys(now.memberships).some((id) => !(id in old.memberships))],
    ['member role', now.roles.some((one) => !old.roles.includes(one))],
    ['link', Object.keys(now.tickets).some((hash) => !(hash in old.tickets))],
  ]
  return [...gains, ...simple.filter(([, isSo]) => isSo).map(([kind]) => ({ kind, userId }))]
}

/** Users of whom the tables that searches use say something else than their own rows. */
export async function foundOtherwise(db: Db): Promise<string[]> {
  const { rows } = await sql<{ user_id: string }>`
    select u.user_id from users u left join user_activity a using (user_id)
      left join search_user_metadata m using (user_id) left join search_app_metadata n using (user_id)
    where (u.updated_at, u.last_login, u.logins_count, u.last_ip, u.user_metadata, u.app_metadata)
      is distinct from (a.updated_at, a.last_login, a.logins_count, a.last_ip, m.user_metadata, n.app_metadata)`.execute(
    db,
  )
  return rows.map(({ user_id }) => user_id)
}
