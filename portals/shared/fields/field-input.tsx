/** The control of a field: text, a list to choose from, or a locked value. */
import { type OptionsFilter, Select, TextInput } from '@mantine/core'
import '@mantine/core/styles/Input.layer.css'
import '@mantine/core/styles/InlineInput.layer.css'
import '@mantine/core/styles/CloseButton.layer.css'
import '@mantine/core/styles/Popover.layer.css'
import '@mantine/core/styles/Combobox.layer.css'
import { ChevronDown, LockKeyhole } from 'lucide-react'
import { useMemo } from 'react'
import type { SharedKey } from '../texts/en.ts'
import { useSay } from '../use-language.ts'
import { type Choice, isLookedFor, localeChoices, zoneChoices } from './choices.ts'
import type { Field } from './field.ts'
import { Cure, Label } from './field-parts.tsx'
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
const TYPES: Readonly<Partial<Record<Field['type'], string>>> = {
  email: 'email',
  phone: 'tel',
  url: 'url',
  date: 'date',
}
const HINTS: Readonly<Partial<Record<Field['type'], SharedKey & `shared.hint_${string}`>>> = {
  url: 'shared.hint_url',
  phone: 'shared.hint_phone',
}

/** Draws it. */
export function FieldInput(props: FieldInputProps) {
  const { id, field, value, cure, isChanged, hasFocus, autoComplete, onChange } = props
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
  if (field.type === 'choice' || CHOICES[field.type]) return <ChoiceInput {...props} />
  const known = HINTS[field.type]
  const hint = field.hint ?? (known && say(known))
  return (
    <TextInput
      id={id}
      label={<Label name={label} isChanged={isChanged} />}
      type={TYPES[field.type] ?? 'text'}
      autoComplete={autoComplete ?? AUTOCOMPLETE[field.name] ?? 'off'}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      description={cure ? undefined : hint}
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
  /** Where browsers are to be told something else than the field's kind. */
  autoComplete?: 'off'
  onChange: (text: string) => void
}

function ChoiceInput({ id, field, value, cure, isChanged, hasFocus, onChange }: FieldInputProps) {
  const say = useSay()
  const { labelOf } = useFieldWords()
  const { type, removable, choices: own } = field
  const choices = useMemo(() => own ?? CHOICES[type]?.(value) ?? [], [own, type, value])
  const none = removable ? [{ value: '', label: say('shared.none') }] : []
  return (
    <Select
      id={id}
      label={<Label name={labelOf(field)} isChanged={isChanged} />}
      data={[...none, ...choices]}
      value={value}
      onChange={(chosen) => onChange(chosen ?? '')}
      allowDeselect={false}
      searchable={type !== 'choice'}
      filter={findChoices}
      nothingFoundMessage={say('shared.nothing_found')}
      rightSection={<ChevronDown aria-hidden />}
      rightSectionPointerEvents="none"
      error={cure && <Cure text={cure} />}
      autoComplete="off"
      autoFocus={hasFocus}
      openOnFocus={false}
      // What is typed is what is looked for, not added to what was chosen.
      onFocus={(event) => event.currentTarget.select()}
      {...(hintOf(field, cure) ? { description: hintOf(field, cure) } : {})}
    />
  )
}

const findChoices: OptionsFilter = ({ options, search }) =>
  options.filter((option) => 'value' in option && isLookedFor(option, search))

function hintOf({ hint }: Field, cure: string | undefined): string | undefined {
  return cure ? undefined : hint
}
