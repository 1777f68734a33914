/** The control of a field: text, a list to choose from, or a locked value. */
import { Select, TextInput } from '@mantine/core'
import '@mantine/core/styles/Input.layer.css'
import '@mantine/core/styles/InlineInput.layer.css'
import '@mantine/core/styles/CloseButton.layer.css'
import '@mantine/core/styles/Popover.layer.css'
import '@mantine/core/styles/Combobox.layer.css'
import { ChevronDown, CircleAlert, LockKeyhole } from 'lucide-react'
import { type ReactNode, useMemo } from 'react'
import { type Choice, localeChoices, zoneChoices } from '../../../shared/choices.ts'
import { ChangedMark } from '../../../shared/components/save-bar.tsx'
import type { Field } from '../../api.ts'
import type { AccountKey } from '../../texts/en.ts'
import { useSay } from '../../texts/texts.ts'
import { useFieldWords } from './field-words.ts'

/** TABLE: kinds that are chosen from a list. */
const CHOICES: Readonly<Partial<Record<Field['type'], (present: string) => Choice[]>>> = {
  locale: localeChoices,
  zoneinfo: zoneChoices,
}

/** TABLE: how browsers and keyboards are told what is asked for. */
const AUTOCOMPLETE: Readonly<Record<string, string>> = {
  name: 'name',
  given_name: 'given-name',
  family_name: 'family-name',
  nickname: 'nickname',
  email: 'email',
  phone_number: 'tel',
  picture: 'photo',
}
const TYPES: Readonly<Partial<Record<Field['type'], string>>> = { email: 'email', phone: 'tel', url: 'url' }
const HINTS: Readonly<Partial<Record<Field['type'], AccountKey & `hint.${string}`>>> = {
  url: 'hint.url',
  phone: 'hint.phone',
}

/** Draws it. */
export function FieldInput(props: FieldInputProps) {
  const { id, field, value, cure, isChanged, hasFocus, onChange } = props
  const say = useSay()
  const { labelOf, shownOf, sourceOf } = useFieldWords()
  const label = labelOf(field)
  if (!field.editable) {
    return (
      <TextInput
        id={id}
        label={label}
        value={shownOf(field)}
        description={sourceOf(field)}
        rightSection={<LockKeyhole aria-hidden />}
        readOnly
        data-locked
      />
    )
  }
  if (CHOICES[field.type]) return <ChoiceInput {...props} />
  const hint = HINTS[field.type]
  return (
    <TextInput
      id={id}
      label={<Label name={label} isChanged={isChanged} />}
      type={TYPES[field.type] ?? 'text'}
      autoComplete={AUTOCOMPLETE[field.name] ?? 'off'}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      description={cure || !hint ? undefined : say(hint)}
      error={cure && <Cure text={cure} />}
      data-autofocus={hasFocus || undefined}
      autoFocus={hasFocus}
    />
  )
}

type FieldInputProps = {
  id: string
  field: Field
  value: string
  cure: string | undefined
  isChanged: boolean
  hasFocus: boolean
  onChange: (text: string) => void
}

function ChoiceInput({ id, field, value, cure, isChanged, hasFocus, onChange }: FieldInputProps) {
  const say = useSay()
  const { labelOf } = useFieldWords()
  const { type, removable } = field
  const choices = useMemo(() => CHOICES[type]?.(value) ?? [], [type, value])
  const none = removable ? [{ value: '', label: say('shared.none') }] : []
  return (
    <Select
      id={id}
      label={<Label name={labelOf(field)} isChanged={isChanged} />}
      data={[...none, ...choices]}
      value={value}
      onChange={(chosen) => onChange(chosen ?? '')}
      allowDeselect={false}
      searchable
      rightSection={<ChevronDown aria-hidden />}
      rightSectionPointerEvents="none"
      error={cure && <Cure text={cure} />}
      autoComplete="off"
      autoFocus={hasFocus}
      openOnFocus={false}
      // What is typed is what is looked for, not added to what was chosen.
      onFocus={(event) => event.currentTarget.select()}
    />
  )
}

/** A label, with a mark once the value is another than before. */
export function Label({ name, isChanged }: { name: string; isChanged: boolean }) {
  return (
    <>
      {name}
      {isChanged && <ChangedMark />}
    </>
  )
}

/** What to do about a value that was refused. */
export function Cure({ text }: { text: string }): ReactNode {
  return (
    <>
      <CircleAlert aria-hidden />
      <span>{text.charAt(0).toUpperCase() + text.slice(1)}</span>
    </>
  )
}
