/** The person's own metadata, to be edited: text as text, and entries that come and go. */
import { Button, TextInput } from '@mantine/core'
import { Plus, Trash2 } from 'lucide-react'
import { useRef, useState } from 'react'
import { type FieldProblem, FormPanel } from '../../../shared/components/form-panel.tsx'
import { SaveBar } from '../../../shared/components/save-bar.tsx'
import { textOf } from '../../../shared/fields/field.ts'
import { Cure, Label } from '../../../shared/fields/field-parts.tsx'
import { useSave } from '../../../shared/fields/use-save.ts'
import { saveProfile } from '../../profile.ts'
import { useSay } from '../../texts/texts.ts'
import {
  backOf,
  changedOf,
  changeOf,
  draftOf,
  type Entry,
  emptyEntry,
  isNew,
  isText,
  keyFaultOf,
} from './metadata-draft.ts'
import classes from './personal.module.css'

type Metadata = Readonly<Record<string, unknown>>

/** Draws it. */
export function MetadataForm({ metadata, onClose }: { metadata: Metadata; onClose: () => void }) {
  const say = useSay()
  const { isSaving, save } = useSave(saveProfile)
  const [entries, setEntries] = useState<readonly Entry[]>(() => {
    const stored = draftOf(metadata)
    return stored.length > 0 ? stored : [emptyEntry(0)]
  })
  const [problems, setProblems] = useState<readonly FieldProblem[]>([])
  const added = useRef(1)
  const changed = changedOf(entries)

  const edit = (id: string, part: Partial<Entry>) =>
    setEntries(entries.map((entry) => (entry.id === id ? { ...entry, ...part } : entry)))
  const add = () => {
    setEntries([...entries, emptyEntry(added.current)])
    added.current += 1
  }
  const submit = async () => {
    const found = changed.flatMap((entry) => {
      const fault = keyFaultOf(entry, entries)
      return fault ? [{ id: `${entry.id}-key`, name: say('more.key'), cure: say(fault) }] : []
    })
    setProblems(found)
    if (found.length > 0) return
    const result = await save({
      change: { user_metadata: changeOf(changed) },
      back: { user_metadata: backOf(changed) },
      names: changed.map(apiName),
    })
    if (result.isSaved) return onClose()
    const isRefused = (entry: Entry) => result.refused.includes(apiName(entry))
    setProblems(changed.filter(isRefused).map(({ id, key }) => ({ id, name: key, cure: say('shared.fault_refused') })))
  }

  return (
    <FormPanel
      columns={1}
      problems={problems}
      onSubmit={submit}
      foot={
        <SaveBar
          changes={changed.map(({ key, before }) => ({
            name: key || say('more.key'),
            before: textOf({ value: before }),
          }))}
          isSaving={isSaving}
          onDiscard={onClose}
        />
      }
    >
      {entries
        .filter(({ isRemoved }) => !isRemoved)
        .map((entry, at) => (
          <EntryFields
            key={entry.id}
            entry={entry}
            problems={problems}
            isChanged={changed.includes(entry)}
            hasFocus={at === 0 || isNew(entry)}
            onEdit={(part) => edit(entry.id, part)}
          />
        ))}
      <div>
        <Button leftSection={<Plus aria-hidden />} onClick={add}>
          {say('more.add')}
        </Button>
      </div>
    </FormPanel>
  )
}

function apiName({ key }: Entry): string {
  return `user_metadata.${key.trim()}`
}

function EntryFields({ entry, problems, isChanged, hasFocus, onEdit }: EntryFieldsProps) {
  const say = useSay()
  const { id, key, text, before } = entry
  const cureOf = (field: string) => {
    const cure = problems.find((problem) => problem.id === field)?.cure
    return cure && <Cure text={cure} />
  }
  const value = {
    id,
    value: isText(entry) ? text : textOf({ value: before }),
    onChange: (event: { currentTarget: { value: string } }) => onEdit({ text: event.currentTarget.value }),
    error: cureOf(id),
    autoComplete: 'off',
    ...(isText(entry) ? {} : { readOnly: true, 'data-locked': true, description: say('more.structured') }),
  }
  return (
    <div className={isNew(entry) ? `${classes.entry} ${classes.fresh}` : classes.entry}>
      {isNew(entry) && (
        <TextInput
          id={`${id}-key`}
          label={say('more.key')}
          value={key}
          onChange={(event) => onEdit({ key: event.currentTarget.value })}
          error={cureOf(`${id}-key`)}
          autoComplete="off"
          autoFocus={hasFocus}
        />
      )}
      <TextInput
        {...value}
        label={<Label name={isNew(entry) ? say('more.value') : key} isChanged={isChanged} />}
        autoFocus={hasFocus && !isNew(entry)}
      />
      <Button
        variant="subtle"
        className={classes.remove}
        aria-label={say('more.remove', { name: key || say('more.value') })}
        onClick={() => onEdit({ isRemoved: true })}
      >
        <Trash2 aria-hidden />
      </Button>
    </div>
  )
}

type EntryFieldsProps = {
  entry: Entry
  problems: readonly FieldProblem[]
  isChanged: boolean
  hasFocus: boolean
  onEdit: (part: Partial<Entry>) => void
}
