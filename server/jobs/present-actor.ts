/**
 * What whoever began a job may do at this moment. A job of an organization goes on in somebody's name after the answer, so
 * it is asked when it starts and with every batch; a demotion, a block or the end of a membership ends it there.
 */
import { listAdministrativeScopes } from '../authorization/administrative-scopes.ts'
import type { Scope } from '../authorization/scopes.ts'
import { actsForOrganization, type OrganizationActor } from '../authorization/visible-to.ts'
import type { Db } from '../db/database.ts'
import { HaltedJob } from './halted-job.ts'
import { actorOf, type ImportSettings, type StoredJob } from './job.ts'

/** The scopes that an import needs, all of them. */
export function scopesOfImport({ upsert }: Pick<ImportSettings, 'upsert'>): readonly Scope[] {
  return upsert ? ['create:users', 'update:users'] : ['create:users']
}

/**
 * The actor of an organization's job, with what his token named and he holds still; undefined for the tenant's own jobs.
 * @throws HaltedJob when that is not enough for the job
 */
export async function requirePresentActor(db: Db, job: StoredJob): Promise<OrganizationActor | undefined> {
  if (job.organization_id === null) return undefined
  const actor = await presentActorOf(db, job, job.organization_id)
  if (!actor) throw new HaltedJob('Whoever started the job may do so no longer, so it was stopped')
  return actor
}

async function presentActorOf(db: Db, job: StoredJob, organizationId: string): Promise<OrganizationActor | undefined> {
  const actor = actorOf(job)
  // Within an organization only people come to this API.
  if (actor.kind !== 'user' || actor.organizationId !== organizationId) return undefined
  const held = await listAdministrativeScopes(db, { userId: actor.userId, organizationId })
  const named: ReadonlySet<unknown> = new Set(Array.isArray(job.actor.scopes) ? job.actor.scopes : [])
  const scopes = new Set([...held].filter((scope) => named.has(scope)))
  if (!scopesOf(job).every((scope) => scopes.has(scope))) return undefined
  const present = { ...actor, organizationId, scopes, held }
  return actsForOrganization(present) ? present : undefined
}

function scopesOf({ type, settings }: StoredJob): readonly Scope[] {
  // The route that made the job has checked them.
  return type === 'users_export' ? ['read:users'] : scopesOfImport(settings as ImportSettings)
}
