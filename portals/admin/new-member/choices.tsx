/** What is chosen in the form besides texts: where the account is made, and how the person gets in the first time. */
import { PasswordField } from '../../shared/components/password-field.tsx'
import type { OwnConnection } from '../api/types.ts'
import { useSay } from '../texts/texts.ts'
import classes from './new-member.module.css'

/** In which connection. */
export function ConnectionChoice({ connections, chosen, onChoose }: ConnectionChoiceProps) {
  const say = useSay()
  return (
    <fieldset className={classes.choices}>
      <legend>{say('new.into')}</legend>
      {connections.map((connection) => (
        <label key={connection.id}>
          <input
            type="radio"
            name="connection"
            checked={connection.id === chosen.id}
            onChange={() => onChoose(connection)}
          />
          {connection.name}
        </label>
      ))}
    </fieldset>
  )
}

type ConnectionChoiceProps = {
  connections: readonly OwnConnection[]
  chosen: OwnConnection
  onChoose: (connection: OwnConnection) => void
}

const KINDS = ['link', 'password'] as const

/** How the person gets in the first time; the password is kept while the other way is looked at. */
export type Entry = { kind: (typeof KINDS)[number]; password: string }

/** By a link, or by a temporary password: where the operator has opened that. */
export function EntryChoice({ id, entry, cure, onChoose }: EntryChoiceProps) {
  const say = useSay()
  return (
    <fieldset className={classes.choices}>
      <legend>{say('new.entry')}</legend>
      {KINDS.map((kind) => (
        <label key={kind}>
          <input
            type="radio"
            name="entry"
            checked={entry.kind === kind}
            onChange={() => onChoose({ ...entry, kind })}
          />
          <span>
            {say(`new.by_${kind}`)}
            <small>{say(`new.by_${kind}_note`)}</small>
          </span>
        </label>
      ))}
      {entry.kind === 'password' && (
        <div className={classes.password}>
          <PasswordField
            id={id}
            label={say('new.password')}
            autoComplete="new-password"
            value={entry.password}
            cure={cure}
            onChange={(password) => onChoose({ ...entry, password })}
          />
        </div>
      )}
    </fieldset>
  )
}

type EntryChoiceProps = {
  id: string
  entry: Entry
  cure: string | undefined
  onChoose: (entry: Entry) => void
}
