/** The form: the account, what the organization says of the member, roles, and how the person gets in the first time. */
import { Button } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { ApiProblem } from '../../shared/api-client.ts'
import { FormFoot } from '../../shared/components/form-foot.tsx'
import { type FieldProblem, FormPanel } from '../../shared/components/form-panel.tsx'
import { LeaveGuard } from '../../shared/components/leave-guard.tsx'
import { useOnline } from '../../shared/components/offline-banner.tsx'
import { showToast } from '../../shared/components/toasts.tsx'
import type { Field } from '../../shared/fields/field.ts'
import { FieldInput } from '../../shared/fields/field-input.tsx'
import { useFieldWords } from '../../shared/fields/field-words.ts'
import { useMay, useOrganizationId } from '../access.ts'
import type { OwnConnection } from '../api/types.ts'
import { nameOf, refresh, useOrganizationName, useSettings } from '../data.ts'
import { RoleBoxes } from '../invitations/role-boxes.tsx'
import { wordsOf } from '../pieces/problem-words.ts'
import { useSay } from '../texts/texts.ts'
import { ConnectionChoice, type Entry, EntryChoice } from './choices.tsx'
import { createMember, type NewMember, refusalOf } from './create.ts'
import { accountFields, cureIn, type Draft, filledIn, membershipFields, textIn } from './draft.ts'
import classes from './new-member.module.css'

const LINK: Entry = { kind: 'link', password: '' }

/** Draws it. @param connections in which the person may make accounts */
export function NewMemberForm({ connections }: { connections: readonly [OwnConnection, ...OwnConnection[]] }) {
  const say = useSay()
  const may = useMay()
  const isOnline = useOnline()
  const navigate = useNavigate()
  const organization = useOrganizationName()
  const { labelOf } = useFieldWords()
  const { data: settings } = useSettings()
  const [draft, setDraft] = useState<Draft>(new Map())
  const [connection, setConnection] = useState<OwnConnection>(connections[0])
  const [roles, setRoles] = useState<ReadonlySet<string>>(new Set())
  const [entry, setEntry] = useState(LINK)
  const [problems, setProblems] = useState<readonly FieldProblem[]>([])
  const { isBusy, create } = useCreation(setProblems)
  const account = accountFields(connection)
  const membership = may('update:users') ? membershipFields() : []
  const email = textIn(draft, { name: 'email' })
  const isBegun = roles.size > 0 || entry.password !== '' || [...draft.values()].some((text) => text.trim() !== '')
  const cureOf = (name: string) => problems.find(({ id }) => id === idOf(name))?.cure

  const submit = () => {
    const found = [...account, ...membership].flatMap((field) => {
      const cure = cureIn(draft, field)
      return cure ? [{ id: idOf(field.name), name: labelOf(field), cure: say(cure.key, cure.values) }] : []
    })
    const isWithout = entry.kind === 'password' && entry.password === ''
    const all = isWithout ? [...found, problemOf('password', say('new.password'), say('shared.fault_required'))] : found
    setProblems(all)
    if (all.length > 0) return
    void create({
      connection,
      account: filledIn(draft, account),
      attributes: filledIn(draft, membership),
      roles: [...roles],
      password: entry.kind === 'password' ? entry.password : undefined,
    })
  }
  const drawn = (field: Field) => (
    <FieldInput
      key={field.name}
      id={idOf(field.name)}
      field={field}
      value={draft.get(field.name) ?? ''}
      cure={cureOf(field.name)}
      isChanged={false}
      hasFocus={field.name === 'email'}
      // The browser knows its user, who is somebody else.
      autoComplete="off"
      onChange={(text) => setDraft((before) => new Map(before).set(field.name, text))}
    />
  )

  return (
    <div className={classes.panel}>
      <LeaveGuard isUnsaved={isBegun} />
      <FormPanel
        columns={1}
        problems={problems}
        onSubmit={submit}
        foot={
          <FormFoot
            status={entry.kind === 'password' ? say('new.handed') : email !== '' && say('new.mailed', { email })}
          >
            <Button variant="subtle" onClick={() => void navigate({ to: '/members', ignoreBlocker: true })}>
              {say('shared.cancel')}
            </Button>
            <Button type="submit" variant="filled" loading={isBusy} disabled={!isOnline}>
              {say('new.act')}
            </Button>
          </FormFoot>
        }
      >
        {connections.length > 1 && (
          <ConnectionChoice connections={connections} chosen={connection} onChoose={setConnection} />
        )}
        <Group title={say('new.account')}>{account.map(drawn)}</Group>
        {membership.length > 0 && <Group title={say('new.at', { organization })}>{membership.map(drawn)}</Group>}
        <RoleBoxes chosen={roles} onChoose={setRoles} />
        {settings?.may_set_passwords === true && (
          <EntryChoice id={idOf('password')} entry={entry} cure={cureOf('password')} onChoose={setEntry} />
        )}
      </FormPanel>
    </div>
  )
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <fieldset className={classes.group}>
      <legend>{title}</legend>
      <div className={classes.fields}>{children}</div>
    </fieldset>
  )
}

/** Has the member made, says what came of it, and leads to the page of the member. */
function useCreation(onProblems: (problems: FieldProblem[]) => void) {
  const say = useSay()
  const organizationId = useOrganizationId()
  const navigate = useNavigate()
  const { labelOf } = useFieldWords()
  const [isBusy, setBusy] = useState(false)
  const refuse = async (error: unknown, asked: NewMember) => {
    const refusal = error instanceof ApiProblem ? refusalOf(error, asked) : undefined
    if (!refusal) return showToast({ text: say(wordsOf(error)), isProblem: true })
    if ('whole' in refusal) {
      showToast({ text: say(refusal.whole), isProblem: true })
      return await refresh('own-connections', 'settings')
    }
    const { field, cure } = refusal
    const known = accountFields(asked.connection).find(({ name }) => name === field)
    const name = known ? labelOf(known) : say('new.password')
    onProblems([problemOf(field, name, say(cure, { connection: asked.connection.name }))])
  }
  const create = async (asked: NewMember) => {
    setBusy(true)
    try {
      const { member, missed } = await createMember(organizationId, asked)
      await refresh('members', 'member', 'summary', 'logs')
      await navigate({ to: '/members/$userId', params: { userId: member.user_id }, ignoreBlocker: true })
      const words = { name: nameOf(member), email: member.email ?? '' }
      const what = missed.map((part) => say(`new.half_${part}`)).join(', ')
      if (missed.length > 0) showToast({ text: say('new.half', { ...words, what }), isProblem: true })
      else showToast({ text: say(asked.password === undefined ? 'new.done' : 'new.done_password', words) })
    } catch (error) {
      await refuse(error, asked)
    } finally {
      setBusy(false)
    }
  }
  return { isBusy, create }
}

function idOf(name: string): string {
  return `new-${name}`
}

function problemOf(field: string, name: string, cure: string): FieldProblem {
  return { id: idOf(field), name, cure }
}
