import { useMay } from '../access.ts'
import { useRoles } from '../data.ts'
import { isTextKey, useSay } from '../texts/texts.ts'
import classes from './invitations.module.css'

/** Roles to choose from, with what they are for. */
export function RoleBoxes({
  chosen,
  onChoose,
}: {
  chosen: ReadonlySet<string>
  onChoose: (chosen: Set<string>) => void
}) {
  const say = useSay()
  const may = useMay()
  const { data: roles = [] } = useRoles()
  if (roles.length === 0 || !may('create:organization_member_roles')) return null
  const turn = (id: string, isOn: boolean) => {
    const next = new Set(chosen)
    if (isOn) next.add(id)
    else next.delete(id)
    onChoose(next)
  }
  return (
    <fieldset className={classes.roles}>
      <legend>{say('nav.roles')}</legend>
      {roles.map(({ id, name, description }) => {
        const key = `role.${name.toLowerCase()}`
        return (
          <label key={id}>
            <input
              type="checkbox"
              checked={chosen.has(id)}
              onChange={(event) => turn(id, event.currentTarget.checked)}
            />
            <span>
              {name}
              <small>{isTextKey(key) ? say(key) : description}</small>
            </span>
          </label>
        )
      })}
    </fieldset>
  )
}
