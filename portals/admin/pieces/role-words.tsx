/** What a role permits, in plain words. */
import type { Permission, Role } from '../api/types.ts'
import { usePermissions } from '../data.ts'
import { isTextKey, useSay } from '../texts/texts.ts'
import classes from './role-words.module.css'

/** Draws it; the role's own description first. */
export function RoleWords({ role }: { role: Role }) {
  const say = useSay()
  const { data: permissions, error } = usePermissions(role.id)
  const builtIn = `role.${role.name.toLowerCase()}`
  return (
    <>
      {isTextKey(builtIn) ? <p>{say(builtIn)}</p> : role.description && <p>{role.description}</p>}
      {permissions && permissions.length > 0 && (
        <details className={classes.details}>
          <summary>{say('roles.permits', { count: permissions.length })}</summary>
          <PermissionList permissions={permissions} />
        </details>
      )}
      {permissions?.length === 0 && <p>{say('roles.permits_nothing')}</p>}
      {error && <p>{say('roles.permits_unknown')}</p>}
    </>
  )
}

/** The permissions of a role; those of other APIs under the API's name. */
export function PermissionList({ permissions }: { permissions: readonly Permission[] }) {
  const say = useSay()
  const wordsOf = ({ permission_name: name, description, resource_server_name: api }: Permission) => {
    const key = `right.${name}`
    if (isTextKey(key)) return say(key)
    return description ? `${api}: ${description}` : `${api}: ${name}`
  }
  const words = [...new Set(permissions.map(wordsOf))].sort((left, right) => left.localeCompare(right))
  return (
    <ul className={classes.list}>
      {words.map((text) => (
        <li key={text}>{text}</li>
      ))}
    </ul>
  )
}
