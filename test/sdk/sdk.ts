/**
 * One set of acts for three generations of Auth0's Node SDK, so that one journey runs through each of them. An
 * adapter calls its package as its README does and hands on what the package answers; it corrects nothing.
 */

import type { OrganizationActs } from './sdk-organizations.ts'
import type { PeopleActs } from './sdk-people.ts'
import type { RoleActs, UsageActs } from './sdk-roles.ts'

/** Where a server is and who calls it. */
export type Caller = { domain: string; clientId: string; clientSecret: string }

/** Properties as JSON. */
export type Json = Record<string, unknown>

/** What a list is asked for. */
export type ListQuery = {
  page?: number
  per_page?: number
  include_totals?: boolean
  fields?: string
  include_fields?: boolean
  q?: string
  sort?: string
}

/** A user to be made. */
export type NewPerson = {
  connection: string
  email: string
  password: string
  given_name?: string
  family_name?: string
  email_verified?: boolean
  verify_email?: boolean
  user_metadata?: Json
  app_metadata?: Json
}

/** A change of a user. */
export type PersonChange = Omit<Partial<NewPerson>, 'given_name'> & { given_name?: string | null; blocked?: boolean }

/** The acts of one kind of thing. */
export type Acts<New, Change, Query> = {
  create: (body: New) => Promise<unknown>
  get: (id: string) => Promise<unknown>
  update: (id: string, body: Change) => Promise<unknown>
  list: (query?: Query) => Promise<unknown>
  delete: (id: string) => Promise<unknown>
}

/** A client to be made. */
export type NewClient = {
  name: string
  app_type: 'non_interactive'
  grant_types: string[]
  client_metadata: Record<string, string>
}

/** A Management API client of some SDK. */
export type Sdk = {
  users: Omit<Acts<NewPerson, PersonChange, ListQuery>, 'get'> & {
    get: (id: string, query?: { fields: string; include_fields?: boolean }) => Promise<unknown>
    byEmail: (email: string) => Promise<unknown>
    /** The ids on all pages, with the paging of the SDK itself if it has one. */
    everyId: (query: { q?: string; per_page?: number }) => Promise<string[]>
  }
  people: PeopleActs
  roles: RoleActs
  usage: UsageActs
  organizations: OrganizationActs
  clients: Acts<NewClient, { description?: string; client_metadata?: Record<string, string> }, never> & {
    rotateSecret: (id: string) => Promise<unknown>
  }
  clientGrants: Omit<
    Acts<{ client_id: string; audience: string; scope: string[] }, { scope: string[] }, { client_id: string }>,
    'get'
  >
  resourceServers: Acts<
    { identifier: string; name: string; scopes: { value: string; description: string }[] },
    { token_lifetime: number },
    never
  >
  connections: Acts<
    { name: string; strategy: 'auth0'; display_name: string; options: { requires_username: boolean } },
    { options: { passwordPolicy: 'excellent' } },
    never
  >
  jobs: {
    importUsers: (form: {
      users: Blob
      connection_id: string
      upsert?: boolean
      external_id?: string
    }) => Promise<unknown>
    exportUsers: (body: {
      connection_id?: string
      format: 'json' | 'csv'
      limit?: number
      fields: { name: string; export_as?: string }[]
    }) => Promise<unknown>
    get: (id: string) => Promise<unknown>
    errors: (id: string) => Promise<unknown>
    verifyEmail: (user_id: string) => Promise<unknown>
  }
  tenant: { read: () => Promise<unknown>; update: (body: { friendly_name: string }) => Promise<unknown> }
  logs: { list: () => Promise<unknown>; get: (id: string) => Promise<unknown> }
  keys: {
    list: () => Promise<unknown>
    get: (kid: string) => Promise<unknown>
    rotate: () => Promise<unknown>
    revoke: (kid: string) => Promise<unknown>
  }
  look: Look
}

/** Branding and prompts. */
export type Look = {
  branding: () => Promise<unknown>
  updateBranding: (body: { colors: { primary: string | null }; logo_url: string | null }) => Promise<unknown>
  createTheme: (body: Json) => Promise<unknown>
  defaultTheme: () => Promise<unknown>
  deleteTheme: (id: string) => Promise<unknown>
  template: () => Promise<unknown>
  setTemplate: (template: string) => Promise<unknown>
  deleteTemplate: () => Promise<unknown>
  prompts: () => Promise<unknown>
  updatePrompts: (body: { identifier_first: boolean }) => Promise<unknown>
  texts: () => Promise<unknown>
  setTexts: (body: Json) => Promise<unknown>
}

/** An error as the SDK's user catches it. */
export type SdkError = {
  /** Of the package's own class for this status, not merely of its name. */
  isTyped: boolean
  name: string
  statusCode?: number | undefined
  errorCode?: string | undefined
  error?: string | undefined
  message: string
}

/** A package: its two clients, and how it tells an error. */
export type SdkPackage = {
  open: (caller: Caller) => Sdk
  token: (caller: Caller) => Promise<unknown>
  errorOf: (error: unknown) => SdkError
}
