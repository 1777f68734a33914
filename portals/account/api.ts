/** The My Account API, as this portal uses it. */
import { apiClient } from '../shared/api-client.ts'
import type { Field } from '../shared/fields/field.ts'
import type { FieldChange } from '../shared/fields/use-save.ts'
import type { Language } from '../shared/language.ts'
import { tokens } from './auth.ts'

/** A field of the profile, in its group. */
export type ProfileField = Field & { group: string }

/** The person's profile. */
export type Profile = {
  user_id: string
  email?: string
  email_verified?: boolean
  name?: string
  created_at: string
  last_login?: string
  fields: ProfileField[]
  /** Keys that are no field. */
  user_metadata: Record<string, unknown>
  identities: { connection: string; provider: string; is_social: boolean }[]
}

/** A rule for new passwords. */
export type PasswordRule = { code: string; message: string; format?: (number | string)[]; items?: { code: string }[] }

/** How the person's password stands. */
export type Password = { has_password: boolean; last_changed?: string; connection?: string; rules: PasswordRule[] }

/** Somewhere the person is signed in. */
export type Session = {
  id: string
  current: boolean
  created_at: string
  last_interacted_at: string
  browser?: string
  system?: string
  ip?: string
  clients: { client_id: string; name: string }[]
}

/** An application of others that the person has allowed something. */
export type AllowedApplication = {
  client_id: string
  name: string
  allowed_at: string
  access: { api?: string; scopes: { value: string; description?: string }[] }[]
}

/** Something that happened to the account. */
export type ActivityEntry = {
  at: string
  kind: string
  by: 'you' | 'administrator' | 'application' | 'server' | 'somebody'
  client_name?: string
  organization_name?: string
  ip?: string
  browser?: string
  system?: string
}

/** A page of it, and where the next one begins. */
export type ActivityPage = { activity: ActivityEntry[]; next?: string }

const call = apiClient('/me/v1', tokens)

/** Its operations. They throw `ApiProblem`. */
export const api = {
  profile: () => call<Profile>('GET', '/profile'),
  changeProfile: (change: FieldChange) => call<Profile>('PATCH', '/profile', change),
  sendVerification: (language: Language) => call<{ email: string }>('POST', '/verification-email', { language }),
  password: () => call<Password>('GET', '/password'),
  changePassword: (current: string, next: string) =>
    call<undefined>('PUT', '/password', { current_password: current, new_password: next }),
  sessions: () => call<{ sessions: Session[] }>('GET', '/sessions').then(({ sessions }) => sessions),
  activity: (kinds: readonly string[], from: string | undefined) => {
    const query = new URLSearchParams({ ...(from ? { from } : {}), kind: kinds.join(',') })
    return call<ActivityPage>('GET', `/activity?${query}`)
  },
  endSession: (id: string) => call<undefined>('DELETE', `/sessions/${encodeURIComponent(id)}`),
  applications: () =>
    call<{ applications: AllowedApplication[] }>('GET', '/applications').then(({ applications }) => applications),
  withdrawApplication: (clientId: string) => call<undefined>('DELETE', `/applications/${encodeURIComponent(clientId)}`),
  endOtherSessions: () => call<undefined>('DELETE', '/sessions'),
}
