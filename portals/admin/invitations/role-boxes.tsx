import { useGivableRoles } from '../data.ts'
import classes from '../pieces/choices.module.css'
import { isTextKey, useSay } from '../texts/texts.ts'

/** Roles to choose from, those that the person may give, with what they are for. */
export function RoleBoxes({
  chosen,
  onChoose,
}: {
  chosen: ReadonlySet<string>
  onChoose: (chosen: Set<string>) => void
}) {
  const say = useSay()
  const roles = useGivableRoles()
  if (roles.length === 0) return null
  const turn = (id: string, isOn: boolean) => {
    const next = new Set(chosen)
    if (isOn) next.add(id)
    else next.delete(id)
    onChoose(next)
  }
  return (
    <fieldset className={classes.choices}>
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
