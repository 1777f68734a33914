/** From when on a version is asked for, and from when on nobody gets in without it. */
import { TextInput } from '@mantine/core'
import '@mantine/core/styles/Input.layer.css'
import '@mantine/core/styles/InlineInput.layer.css'
import { Cure } from '../../shared/fields/field-parts.tsx'
import choices from '../pieces/choices.module.css'
import { useSay } from '../texts/texts.ts'
import { type Draft, idOf, type Place, type When } from './draft.ts'
import classes from './terms.module.css'

/** Draws them. Nobody is kept out for want of a consent, which is needed at no time. */
export function MomentFields({ draft, isRequired, cureOf, onChange }: MomentFieldsProps) {
  return (
    <>
      <WhenField
        name="effective"
        when={draft.effective}
        cure={cureOf('effective')}
        onChange={(effective) => onChange({ ...draft, effective })}
      />
      {isRequired && (
        <WhenField
          name="deadline"
          when={draft.deadline}
          cure={cureOf('deadline')}
          onChange={(deadline) => onChange({ ...draft, deadline })}
        />
      )}
    </>
  )
}

type MomentFieldsProps = {
  draft: Draft
  isRequired: boolean
  cureOf: (place: Place) => string | undefined
  onChange: (draft: Draft) => void
}

function WhenField({ name, when, cure, onChange }: WhenFieldProps) {
  const say = useSay()
  const id = idOf(name)
  const error = cure && <Cure text={cure} />
  return (
    <fieldset className={choices.choices}>
      <legend>{say(`terms.${name}`)}</legend>
      {(['now', 'day'] as const).map((kind) => (
        <label key={kind}>
          <input
            type="radio"
            name={name}
            // Of the two controls, the one that a fault is about.
            {...(when.kind === 'now' && kind === 'now' ? { id } : {})}
            checked={when.kind === kind}
            onChange={() => onChange({ ...when, kind })}
          />
          <span>
            {say(`terms.${name}_${kind}`)}
            {name === 'deadline' && <small>{say(`terms.${name}_${kind}_note`)}</small>}
          </span>
        </label>
      ))}
      {when.kind === 'day' ? (
        <TextInput
          id={id}
          className={classes.day}
          label={say('terms.day')}
          type="date"
          value={when.day}
          error={error}
          onChange={(event) => onChange({ ...when, day: event.currentTarget.value })}
        />
      ) : (
        error && <p className={classes.wrong}>{error}</p>
      )}
    </fieldset>
  )
}

type WhenFieldProps = {
  name: 'effective' | 'deadline'
  when: When
  cure: string | undefined
  onChange: (when: When) => void
}
