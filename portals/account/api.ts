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

/** What somebody has said to a version. */
export type Outcome = 'accepted' | 'declined' | 'withdrawn'

/** Terms, or a consent, by the version in effect. */
export type OwnTerms = {
  id: string
  /** False for a consent. */
  required: boolean
  organization?: { id: string; name: string }
  version: number
  /** Of title, summary and body. */
  language: string
  title: string
  summary?: string
  body: string
  effective_at: string
  deadline_at: string
  status: 'pending' | Outcome
  /** The version to which something was said last, and what. */
  answered_version?: number
  answer?: Outcome
  answered_at?: string
}

/** What the person has said once. */
export type Acceptance = {
  id: string
  terms_id: string
  organization?: { id: string; name: string }
  title: string
  version: number
  outcome: Outcome
  /** Of the text that was shown. */
  language: string
  created_at: string
}

/** A page of it, and where the next one begins. */
export type AcceptancePage = { acceptances: Acceptance[]; next?: string }

/** The text of a version. */
export type TermsVersion = Pick<OwnTerms, 'version' | 'language' | 'title' | 'summary' | 'body' | 'effective_at'>

/** A copy of everything that is kept of the person, by its parts. */
export type PersonalData = Readonly<Record<string, unknown>>

/** Whether the person's account is going to be deleted. */
export type Deletion = {
  /** Whether people can have it. */
  offered: boolean
  /** For how many days they can change their mind. */
  days: number
  due_at?: string
  /** The organization that alone can delete the account. */
  managed_by?: { id: string; name: string }
}

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
  terms: (language: Language) =>
    call<{ terms: OwnTerms[] }>('GET', `/terms?language=${language}`).then(({ terms }) => terms),
  answerTerms: ({ id, version, language }: OwnTerms, accepted: boolean) =>
    call<OwnTerms>('POST', `/terms/${encodeURIComponent(id)}/answers`, { version, accepted, language }),
  acceptances: (from: string | undefined) =>
    call<AcceptancePage>('GET', `/terms/acceptances?${new URLSearchParams({ ...(from ? { from } : {}), take: '20' })}`),
  termsVersion: ({ terms_id: id, version, language }: Acceptance) => {
    const query = new URLSearchParams({ language })
    return call<TermsVersion>('GET', `/terms/${encodeURIComponent(id)}/versions/${version}?${query}`)
  },
  personalData: () => call<PersonalData>('GET', '/personal-data'),
  deletion: () => call<Deletion>('GET', '/deletion'),
  requestDeletion: (confirm: string) => call<Deletion>('POST', '/deletion', { confirm }),
  cancelDeletion: () => call<undefined>('DELETE', '/deletion'),
  endOtherSessions: () => call<undefined>('DELETE', '/sessions'),
}
