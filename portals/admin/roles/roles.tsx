/** The roles of the organization, each in plain words, with how many have it. */

import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Loaded, Page } from '../../shared/components/page.tsx'
import { RecordSection } from '../../shared/components/record-section.tsx'
import { SkeletonLines } from '../../shared/components/skeleton.tsx'
import { useMay } from '../access.ts'
import { users } from '../api/api.ts'
import type { Role } from '../api/types.ts'
import { useOrganizationName, usePermissions, useRoles } from '../data.ts'
import { EmptyPage } from '../pieces/empty-page.tsx'
import { Guarded } from '../pieces/guarded.tsx'
import { PermissionList } from '../pieces/role-words.tsx'
import { isTextKey, useSay } from '../texts/texts.ts'
import classes from './roles.module.css'

/** Draws them. */
export function Roles() {
  const say = useSay()
  return (
    <Guarded title={say('nav.roles')} rights={['read:roles']}>
      <RolesPage />
    </Guarded>
  )
}

function RolesPage() {
  const say = useSay()
  const organization = useOrganizationName()
  const roles = useRoles()
  return (
    <Page title={say('nav.roles')} lead={say('roles.lead', { organization })}>
      <Loaded query={roles} what={say('roles.what')} skeleton={<SkeletonLines count={6} />}>
        {(list) =>
          list.length === 0 ? (
            <EmptyPage title={say('roles.none')} text={say('roles.none_text')} />
          ) : (
            list.map((role) => <RoleSection key={role.id} role={role} />)
          )
        }
      </Loaded>
    </Page>
  )
}

function RoleSection({ role }: { role: Role }) {
  const say = useSay()
  const permissions = usePermissions(role.id)
  const key = `role.${role.name.toLowerCase()}`
  const words = isTextKey(key) ? say(key) : role.description
  return (
    <RecordSection title={role.name} note={<Holders role={role} />}>
      {words && <p className={classes.words}>{words}</p>}
      <Loaded query={permissions} what={say('roles.permissions')} skeleton={<SkeletonLines count={2} />}>
        {(list) =>
          list.length === 0 ? (
            <p className={classes.quiet}>{say('roles.permits_nothing')}</p>
          ) : (
            <PermissionList permissions={list} />
          )
        }
      </Loaded>
    </RecordSection>
  )
}

function Holders({ role: { name } }: { role: Role }) {
  const say = useSay()
  const may = useMay()
  const q = `roles:"${name.replace(/["\\]/g, '\\$&')}"`
  const { data } = useQuery({
    queryKey: ['members', 'holders', name],
    queryFn: () => users.list({ q, page: 0, per_page: 1 }),
    enabled: may('read:users'),
  })
  if (!data) return null
  if (data.total === 0) return say('roles.nobody')
  return (
    <Link to="/members" search={{ role: name } as never}>
      {say('members.count', { count: data.total })}
    </Link>
  )
}
