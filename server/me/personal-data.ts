/** A copy of everything that is kept of a person, for himself: what his portal shows him in parts, in one document. */
import { type Static, Type } from 'typebox'
import { now } from '../base/clock.ts'
import type { Db } from '../db/database.ts'
import { readableAttributes } from '../organizations/membership-attributes.ts'
import { ownSessionOf } from '../sessions/session.ts'
import { listSessions } from '../sessions/store.ts'
import type { User } from '../users/user.ts'
import { Activity, activityOf } from './activity.ts'
import { listActivity } from './activity-store.ts'
import { AllowedApplication, listAllowedApplications } from './applications.ts'
import { listOwnOrganizations, OwnOrganization } from './organizations.ts'
import { OwnProfile, ownProfileOf } from './profile.ts'
import { OwnSession } from './session-routes.ts'
import { listOwnAcceptances, OwnAcceptance } from './terms.ts'

/** So much happens to nobody in the time for which the log is kept; where it does, the newest are told. */
const MOST_ENTRIES = 10_000

/** The document. */
export const OwnPersonalData = Type.Object({
  made_at: Type.String(),
  profile: OwnProfile,
  organizations: Type.Array(
    Type.Object({
      ...OwnOrganization.properties,
      attributes: Type.Record(Type.String(), Type.String(), {
        description: 'What the organization says of its member, as far as he may read it',
      }),
    }),
  ),
  terms: Type.Array(OwnAcceptance, { description: 'What was said to terms and consents' }),
  applications: Type.Array(AllowedApplication),
  sessions: Type.Array(OwnSession),
  activity: Type.Array(Activity),
})

/** Collects it. @param sessionId the session from which is asked */
export async function collectOwnData(
  db: Db,
  user: User,
  sessionId: string | undefined,
): Promise<Static<typeof OwnPersonalData>> {
  const { user_id: userId } = user
  const attributes = await attributesOf(db, userId)
  const organizations = await listOwnOrganizations(db, userId)
  const sessions = await listSessions(db, userId)
  const activity = await listActivity(db, userId, { limit: MOST_ENTRIES })
  return {
    made_at: now().toISOString(),
    // It is made for this schema.
    profile: (await ownProfileOf(db, user)) as Static<typeof OwnProfile>,
    organizations: organizations.map((one) => ({ ...one, attributes: attributes.get(one.id) ?? {} })),
    terms: await listOwnAcceptances(db, userId, { after: undefined, limit: MOST_ENTRIES }),
    applications: await listAllowedApplications(db, userId),
    sessions: sessions.map((session) => ownSessionOf(session, sessionId)),
    activity: activity.map((row) => activityOf(row, userId)),
  }
}

async function attributesOf(db: Db, userId: string): Promise<Map<string, Record<string, string>>> {
  const rows = await db
    .selectFrom('memberships')
    .select(['organization_id', 'attributes'])
    .where('user_id', '=', userId)
    .execute()
  return new Map(rows.map((row) => [row.organization_id, { ...readableAttributes(row.attributes, 'self') }]))
}
