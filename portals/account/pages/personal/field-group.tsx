/** A group of fields: read as lines, or edited as a whole. */
import { Button } from '@mantine/core'
import type { ReactNode, Ref } from 'react'
import { Line, Lines, RecordSection } from '../../../shared/components/record-section.tsx'
import { useEditing } from '../../../shared/use-editing.ts'
import type { Field } from '../../api.ts'
import { type TextKey, useSay } from '../../texts/texts.ts'
import { FieldForm } from './field-form.tsx'
import { useFieldWords } from './field-words.ts'
import classes from './personal.module.css'

/** TABLE: what the groups are called. A group that is not here is shown by its own name. */
const WORDS: Readonly<Record<string, { title: TextKey; note?: TextKey }>> = {
  identity: { title: 'group.identity' },
  contact: { title: 'group.contact', note: 'group.contact_note' },
  preferences: { title: 'group.preferences', note: 'group.preferences_note' },
}

/** Draws it. */
export function FieldGroup({ group, fields }: { group: string; fields: readonly Field[] }) {
  const say = useSay()
  const { title, note } = WORDS[group] ?? {}
  const name = title ? say(title) : group
  const isOpen = fields.some(({ editable }) => editable)
  const { isEditing, open, close, opener } = useEditing()
  return (
    <RecordSection title={name} note={note && say(note)}>
      {isEditing ? (
        <FieldForm fields={fields} onClose={close} />
      ) : (
        <FieldLines fields={fields} act={isOpen && <EditButton name={name} opener={opener} onClick={open} />} />
      )}
    </RecordSection>
  )
}

function EditButton({ name, opener, onClick }: EditButtonProps) {
  const say = useSay()
  return (
    <Button ref={opener} variant="subtle" className={classes.edit} onClick={onClick}>
      {say('shared.edit')}
      <span className="unseen">: {name}</span>
    </Button>
  )
}

type EditButtonProps = {
  name: string
  opener: Ref<HTMLButtonElement>
  onClick: () => void
}

function FieldLines({ fields, act }: { fields: readonly Field[]; act: ReactNode }) {
  const { labelOf, sourceOf } = useFieldWords()
  return (
    <Lines act={act}>
      {fields.map((field) => (
        <Line key={field.name} name={labelOf(field)} source={sourceOf(field)}>
          <Value field={field} />
        </Line>
      ))}
    </Lines>
  )
}

function Value({ field }: { field: Field }) {
  const say = useSay()
  const { shownOf } = useFieldWords()
  const text = shownOf(field)
  if (text === '') return <span className={classes.none}>{say('shared.none')}</span>
  return field.type === 'url' ? <span className={classes.cut}>{text}</span> : text
}
