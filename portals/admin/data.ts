/** What several pages know, asked once. */
import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query'
import { PUBLIC_URL } from '../shared/page-facts.ts'
import { openQueries } from '../shared/queries.ts'
import { type Right, useAccess, useMay, useOrganizationId } from './access.ts'
import { type InvitationQuery, invitations, jobs, logs, organizations, roles, users } from './api/api.ts'
import type { Member, Permission, Role } from './api/types.ts'
import { person } from './auth.ts'

/** What was asked of the API. */
export const queries = openQueries()

/** The organization. */
export function useOrganization() {
  const { organizationId = '' } = useAccess()
  const may = useMay()
  return useQuery({
    queryKey: ['organization', organizationId],
    queryFn: () => organizations.get(organizationId),
    enabled: organizationId !== '' && may('read:organizations'),
  })
}

/** What it is called; to somebody who may not read it, what the person's own account or the sign-in says. */
export function useOrganizationName(): string {
  const { organizationId } = useAccess()
  const { data: organization } = useOrganization()
  const { data: own = [] } = useOwnOrganizations()
  const { data: person } = usePerson()
  const known = organization ?? own.find(({ id }) => id === organizationId)
  if (known) return known.display_name || known.name
  return organizationId && typeof person?.org_name === 'string' ? person.org_name : ''
}

/** What the organization decides on for itself. */
export function useSettings() {
  const id = useOrganizationId()
  return useQuery({ queryKey: ['settings', id], queryFn: () => organizations.settings(id) })
}

/** Its figures. */
export function useSummary() {
  const { organizationId = '' } = useAccess()
  const may = useMay()
  return useQuery({
    queryKey: ['summary', organizationId],
    queryFn: () => organizations.summary(organizationId),
    enabled: organizationId !== '' && may('read:organization_members') && may('read:stats'),
  })
}

/** The roles that the organization may see. */
export function useRoles() {
  const may = useMay()
  return useQuery({ queryKey: ['roles'], queryFn: roles.list, enabled: may('read:roles'), staleTime: 300_000 })
}

/** The connections in which the person may make accounts; none where people are invited. */
export function useOwnConnections() {
  const { organizationId = '' } = useAccess()
  const may = useMay()
  return useQuery({
    queryKey: ['own-connections', organizationId],
    queryFn: () => jobs.connections().then(({ connections }) => connections),
    enabled: organizationId !== '' && may('create:users'),
    staleTime: 300_000,
  })
}

/** Whether the person may make accounts, and there is a connection to make them in. */
export function useCanCreate(): boolean {
  const { data: connections = [] } = useOwnConnections()
  return connections.length > 0
}

/**
 * The roles that the person may give: those that carry no right over the organization which the person lacks. None until
 * that is known.
 */
export function useGivableRoles(): readonly Role[] {
  const { rights } = useAccess()
  const may = useMay()
  const { data: known = NO_ROLES } = useRoles()
  const mayGive = may('create:organization_member_roles')
  const isGivable = (permissions: readonly Permission[] | undefined) =>
    permissions?.every((one) => !isOfManagement(one) || rights.has(one.permission_name as Right)) ?? false
  return useQueries({
    queries: (mayGive ? known : NO_ROLES).map(({ id }) => permissionsQuery(id)),
    combine: (asked) => known.filter((_, at) => isGivable(asked[at]?.data)),
  })
}

const NO_ROLES: readonly Role[] = []

function isOfManagement({ resource_server_identifier: api }: Permission): boolean {
  return api === `${PUBLIC_URL}/api/v2/`
}

function permissionsQuery(roleId: string) {
  return { queryKey: ['permissions', roleId], queryFn: () => roles.permissions(roleId), staleTime: 300_000 }
}

/** What a role permits. */
export function usePermissions(roleId: string) {
  return useQuery(permissionsQuery(roleId))
}

/** A member. */
export function useMember(id: string) {
  return useQuery({ queryKey: ['member', id], queryFn: () => users.get(id) })
}

/** A page of members. */
export function useMembers(
  query: { q?: string | undefined; sort?: string | undefined; page: number; perPage: number },
  enabled = true,
) {
  const { perPage, ...rest } = query
  return useQuery({
    queryKey: ['members', query],
    queryFn: () => users.list({ ...rest, per_page: perPage }),
    placeholderData: keepPreviousData,
    enabled,
  })
}

/** A page of the log. */
export function useLogs(query: { q?: string | undefined; page: number; perPage: number }, enabled = true) {
  const { perPage, ...rest } = query
  return useQuery({
    queryKey: ['logs', query],
    queryFn: () => logs.list({ ...rest, per_page: perPage, sort: 'date:-1' }),
    placeholderData: keepPreviousData,
    enabled,
  })
}

/** A page of invitations. */
export function useInvitations(query: InvitationQuery) {
  const id = useOrganizationId()
  return useQuery({
    queryKey: ['invitations', id, query],
    queryFn: () => invitations.list(id, query),
    placeholderData: keepPreviousData,
  })
}

/** The organizations that the person belongs to. */
export function useOwnOrganizations() {
  return useQuery({
    queryKey: ['own-organizations'],
    queryFn: () => organizations.own().then(({ organizations }) => organizations),
    staleTime: 300_000,
  })
}

/** Who is signed in. */
export function usePerson() {
  return useQuery({ queryKey: ['person'], queryFn: async () => (await person()) ?? null, staleTime: Infinity })
}

/** After something changed: what was read of it is read again. */
export function refresh(...kinds: readonly string[]): Promise<unknown> {
  return Promise.all(kinds.map((kind) => queries.invalidateQueries({ queryKey: [kind] })))
}

/** What somebody is called on the pages. */
export function nameOf({
  name,
  email,
  user_id: id,
}: Pick<Member, 'user_id'> & { name?: string; email?: string }): string {
  return name || email || id
}

/** Names by ids, of those that the person may see. */
export function useNames(ids: readonly string[]): ReadonlyMap<string, string> {
  const may = useMay()
  const asked = [...new Set(ids)].sort()
  const { data } = useQuery({
    queryKey: ['names', asked],
    queryFn: async () => {
      const q = `user_id:(${asked.map((id) => `"${id}"`).join(' OR ')})`
      const { users: found } = await users.list({ q, page: 0, per_page: 100 })
      return new Map(found.map((member) => [member.user_id, nameOf(member)]))
    },
    enabled: asked.length > 0 && may('read:users'),
    staleTime: 300_000,
    placeholderData: keepPreviousData,
  })
  return data ?? NO_NAMES
}

const NO_NAMES: ReadonlyMap<string, string> = new Map()
