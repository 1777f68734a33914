/** The fields of a group, to be edited together. */
import { useState } from 'react'
import { type FieldProblem, FormPanel } from '../components/form-panel.tsx'
import { SaveBar } from '../components/save-bar.tsx'
import { useSay } from '../use-language.ts'
import { type Field, textOf } from './field.ts'
import { FieldInput } from './field-input.tsx'
import { type Cure, cureOf } from './field-rules.ts'
import { useFieldWords } from './field-words.ts'
import { type FieldChange, useSave } from './use-save.ts'

/** Draws them. */
export function FieldForm({ fields, store, onClose }: FieldFormProps) {
  const say = useSay()
  const { labelOf, shownOf } = useFieldWords()
  const { isSaving, save } = useSave(store)
  const [draft, setDraft] = useState<ReadonlyMap<string, string>>(new Map())
  const [problems, setProblems] = useState<readonly FieldProblem[]>([])
  const first = fields.find(({ editable }) => editable)
  const changed = fields.filter((field) => isChanged(field, draft))
  const cureText = ({ key, values }: Cure) => say(key, values)
  const problemOf = (field: Field, cure: Cure): FieldProblem => ({
    id: inputId(field),
    name: labelOf(field),
    cure: cureText(cure),
  })

  const submit = async () => {
    const found = changed.flatMap((field) => {
      const cure = cureOf(field, trimmed(draft, field))
      return cure ? [problemOf(field, cure)] : []
    })
    setProblems(found)
    if (found.length > 0) return
    const result = await save({
      change: Object.fromEntries(changed.map((field) => [field.name, asSent(field, trimmed(draft, field))])),
      back: backOf(changed),
      names: changed.map(({ name }) => name),
    })
    if (result.isSaved) onClose()
    else
      setProblems(
        fields
          .filter(({ name }) => result.refused.includes(name))
          .map((field) => problemOf(field, { key: 'shared.fault_refused' })),
      )
  }

  return (
    <FormPanel
      problems={problems}
      onSubmit={submit}
      foot={
        <SaveBar
          changes={changed.map((field) => ({ name: labelOf(field), before: shownOf(field) }))}
          isSaving={isSaving}
          onDiscard={onClose}
        />
      }
    >
      {fields.map((field) => (
        <FieldInput
          key={field.name}
          id={inputId(field)}
          field={field}
          value={draft.get(field.name) ?? textOf(field)}
          cure={problems.find(({ id }) => id === inputId(field))?.cure}
          isChanged={changed.includes(field)}
          hasFocus={field === first}
          onChange={(text) => setDraft(new Map(draft).set(field.name, text))}
        />
      ))}
    </FormPanel>
  )
}

type FieldFormProps = {
  fields: readonly Field[]
  store: (change: FieldChange) => Promise<unknown>
  onClose: () => void
}

function inputId({ name }: Field): string {
  return `field-${name}`
}

function trimmed(draft: ReadonlyMap<string, string>, { name }: Field): string {
  return (draft.get(name) ?? '').trim()
}

/** As the API takes it. */
function asSent({ type }: Field, text: string): string | number | null {
  if (text === '') return null
  return type === 'number' ? Number(text) : text
}

function isChanged(field: Field, draft: ReadonlyMap<string, string>): boolean {
  return draft.has(field.name) && trimmed(draft, field) !== textOf(field)
}

/** The change that takes the change back. */
function backOf(fields: readonly Field[]): FieldChange {
  return Object.fromEntries(fields.map(({ name, value }) => [name, value ?? null]))
}
