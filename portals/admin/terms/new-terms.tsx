/** New terms or a consent: what it is and what it is called; the text comes on the next page. */
import { Button, TextInput } from '@mantine/core'
import '@mantine/core/styles/Input.layer.css'
import '@mantine/core/styles/InlineInput.layer.css'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { ApiProblem } from '../../shared/api-client.ts'
import { FormFoot } from '../../shared/components/form-foot.tsx'
import { type FieldProblem, FormPanel } from '../../shared/components/form-panel.tsx'
import { LeaveGuard } from '../../shared/components/leave-guard.tsx'
import { useOnline } from '../../shared/components/offline-banner.tsx'
import { Page } from '../../shared/components/page.tsx'
import { showToast } from '../../shared/components/toasts.tsx'
import { Cure } from '../../shared/fields/field-parts.tsx'
import { terms as api } from '../api/api.ts'
import { queries, refresh } from '../data.ts'
import choices from '../pieces/choices.module.css'
import { Guarded } from '../pieces/guarded.tsx'
import { wordsOf } from '../pieces/problem-words.ts'
import { type TextKey, useSay } from '../texts/texts.ts'
import './add-texts.ts'
import { SHORT_NAME, shortNameOf } from './names.ts'
import classes from './terms.module.css'

const MOST_LETTERS = 200
const KINDS = ['required', 'voluntary'] as const

/** Draws it. */
export function NewTermsPage() {
  const say = useSay()
  return (
    <Guarded title={say('terms.new')} rights={['create:terms']}>
      <Page title={say('terms.new')} lead={say('terms.new_lead')}>
        <NewTermsForm />
      </Page>
    </Guarded>
  )
}

function NewTermsForm() {
  const say = useSay()
  const isOnline = useOnline()
  const [title, setTitle] = useState('')
  const [kind, setKind] = useState<(typeof KINDS)[number]>('required')
  const [typedName, setTypedName] = useState<string>()
  const [problems, setProblems] = useState<readonly FieldProblem[]>([])
  const { isBusy, create } = useCreation(setProblems)
  const name = (typedName ?? shortNameOf(title)).trim()
  const submit = () => {
    const found = faultsOf(title.trim(), name).map(({ field, key }) => problemOf(say, field, key))
    setProblems(found)
    if (found.length === 0) void create({ name, required: kind === 'required' }, title.trim())
  }
  const cureOf = (field: Field) => problems.find(({ id }) => id === idOf(field))?.cure
  const [titleCure, nameCure] = [cureOf('title'), cureOf('name')]
  return (
    <div className={classes.form}>
      <LeaveGuard isUnsaved={!isBusy && (title.trim() !== '' || typedName !== undefined)} />
      <FormPanel
        columns={1}
        problems={problems}
        onSubmit={submit}
        foot={
          <FormFoot>
            <Button variant="subtle" renderRoot={(props) => <Link to="/terms" ignoreBlocker {...props} />}>
              {say('shared.cancel')}
            </Button>
            <Button type="submit" variant="filled" loading={isBusy} disabled={!isOnline}>
              {say('terms.next')}
            </Button>
          </FormFoot>
        }
      >
        <TextInput
          id={idOf('title')}
          label={say('terms.title')}
          autoComplete="off"
          autoFocus
          value={title}
          onChange={(event) => setTitle(event.currentTarget.value)}
          error={titleCure && <Cure text={titleCure} />}
        />
        <fieldset className={choices.choices}>
          <legend>{say('terms.kind')}</legend>
          {KINDS.map((one) => (
            <label key={one}>
              <input type="radio" name="kind" checked={kind === one} onChange={() => setKind(one)} />
              <span>
                {say(`terms.${one}`)}
                <small>{say(`terms.${one}_note`)}</small>
              </span>
            </label>
          ))}
        </fieldset>
        <TextInput
          id={idOf('name')}
          label={say('terms.name')}
          description={nameCure ? undefined : say('terms.name_note')}
          classNames={{ input: 'mono' }}
          autoComplete="off"
          spellCheck={false}
          value={typedName ?? shortNameOf(title)}
          onChange={(event) => setTypedName(event.currentTarget.value)}
          error={nameCure && <Cure text={nameCure} />}
        />
      </FormPanel>
    </div>
  )
}

type Field = 'title' | 'name'

/** @param name made of a title that has no letter of ours, it is empty */
function faultsOf(title: string, name: string): { field: Field; key: TextKey }[] {
  return [
    ...(title === '' ? [{ field: 'title', key: 'shared.fault_required' } as const] : []),
    ...(title !== '' && !SHORT_NAME.test(name) ? [{ field: 'name', key: 'terms.fault_name' } as const] : []),
    ...([...title].length > MOST_LETTERS ? [{ field: 'title', key: 'shared.fault_too_long' } as const] : []),
  ]
}

function problemOf(say: ReturnType<typeof useSay>, field: Field, key: TextKey): FieldProblem {
  return { id: idOf(field), name: say(`terms.${field}`), cure: say(key, { count: MOST_LETTERS }) }
}

function idOf(field: Field): string {
  return `new-terms-${field}`
}

/** Has the terms made, and leads to their first text. Going back from there leads to the list, not to a second creation. */
function useCreation(onProblems: (problems: FieldProblem[]) => void) {
  const say = useSay()
  const navigate = useNavigate()
  const [isBusy, setBusy] = useState(false)
  const create = async (one: { name: string; required: boolean }, title: string) => {
    setBusy(true)
    try {
      const made = await api.create(one)
      queries.setQueryData(['terms', 'one', made.id], made)
      await navigate({
        to: '/terms/$termsId/publish',
        params: { termsId: made.id },
        search: { title } as never,
        replace: true,
        ignoreBlocker: true,
      })
      showToast({ text: say('terms.created') })
      await refresh('terms', 'logs')
    } catch (error) {
      setBusy(false)
      const isTaken = error instanceof ApiProblem && error.status === 409
      if (isTaken) onProblems([problemOf(say, 'name', 'terms.fault_taken')])
      else showToast({ text: say(wordsOf(error)), isProblem: true })
    }
  }
  return { isBusy, create }
}
