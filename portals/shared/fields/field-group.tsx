/** A group of fields: read as lines, or edited as a whole. */
import { Button } from '@mantine/core'
import type { ReactNode, Ref } from 'react'
import { Line, Lines, RecordSection } from '../components/record-section.tsx'
import { useEditing } from '../use-editing.ts'
import { useSay } from '../use-language.ts'
import type { Field } from './field.ts'
import { FieldForm } from './field-form.tsx'
import { useFieldWords } from './field-words.ts'
import classes from './fields.module.css'
import type { FieldChange } from './use-save.ts'

/** Draws it. @param store sends a change to the API, and throws `ApiProblem` */
export function FieldGroup({ title, note, fields, store }: FieldGroupProps) {
  const isOpen = fields.some(({ editable }) => editable)
  const { isEditing, open, close, opener } = useEditing()
  return (
    <RecordSection title={title} note={note}>
      {isEditing ? (
        <FieldForm fields={fields} store={store} onClose={close} />
      ) : (
        <FieldLines fields={fields} act={isOpen && <EditButton name={title} opener={opener} onClick={open} />} />
      )}
    </RecordSection>
  )
}

type FieldGroupProps = {
  title: string
  note?: ReactNode
  fields: readonly Field[]
  store: (change: FieldChange) => Promise<unknown>
}

/** The button that opens what stands in lines. */
export function EditButton({ name, opener, onClick, children }: EditButtonProps) {
  const say = useSay()
  return (
    <Button ref={opener} variant="subtle" className={classes.edit} onClick={onClick}>
      {children ?? say('shared.edit')}
      <span className="unseen">: {name}</span>
    </Button>
  )
}

type EditButtonProps = { name: string; opener: Ref<HTMLButtonElement>; onClick: () => void; children?: ReactNode }

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
