/** Many invitations at once: a list that is pasted or dropped, a check of every line, and what came of it. */
import { Button, Textarea } from '@mantine/core'
import '@mantine/core/styles/Input.layer.css'
import '@mantine/core/styles/InlineInput.layer.css'
import { useState } from 'react'
import { FormFoot } from '../../shared/components/form-foot.tsx'
import { FormPanel } from '../../shared/components/form-panel.tsx'
import { LeaveGuard } from '../../shared/components/leave-guard.tsx'
import { Status } from '../../shared/components/status.tsx'
import { showToast } from '../../shared/components/toasts.tsx'
import { useOrganizationId } from '../access.ts'
import { invitations as api } from '../api/api.ts'
import type { InviteOutcome } from '../api/types.ts'
import { refresh, usePerson, useRoles } from '../data.ts'
import { ActPanel } from '../pieces/act-panel.tsx'
import { Banner } from '../pieces/banner.tsx'
import { FileDrop } from '../pieces/file-drop.tsx'
import { wordsOf } from '../pieces/problem-words.ts'
import { readText } from '../pieces/read-text.ts'
import { useSay } from '../texts/texts.ts'
import classes from './invitations.module.css'
import { INVITING_CLIENT, inviterOf } from './inviter.ts'
import { type Line, readPeople } from './people-list.ts'
import { RoleBoxes } from './role-boxes.tsx'

const MOST_AT_ONCE = 500

/** What became of a line, or would. */
type Checked = Line & { outcome?: InviteOutcome | undefined }

/** Draws it. */
export function InviteMany({ onClose }: { onClose: () => void }) {
  const say = useSay()
  const { data: known = [] } = useRoles()
  const [text, setText] = useState('')
  const [roles, setRoles] = useState<ReadonlySet<string>>(new Set())
  const { checked, isSent, isBusy, send, reset } = useBatch()
  const lines = readPeople(text, known).map((line) =>
    line.roles || roles.size === 0 ? line : { ...line, roles: [...roles] },
  )
  const reached = checked?.filter(({ outcome }) => outcome === 'created').length ?? 0
  const good = lines.filter(({ fault }) => !fault).length
  const submit = () => void send(lines, { isTrial: checked === undefined || isSent })
  return (
    <ActPanel title={say('invitations.many')}>
      <LeaveGuard isUnsaved={!isSent && (text.trim() !== '' || roles.size > 0)} kept="invite" />
      <FormPanel
        columns={1}
        problems={[]}
        onSubmit={submit}
        foot={
          <FormFoot
            status={
              <>
                {!checked && good > 0 && say('invitations.lines', { count: lines.length })}
                {checked &&
                  say(isSent ? 'invitations.sent_count' : 'invitations.would_count', {
                    count: reached,
                    total: checked.length,
                  })}
              </>
            }
          >
            {checked && !isSent && (
              <Button variant="subtle" onClick={reset}>
                {say('invitations.back')}
              </Button>
            )}
            <Button variant="subtle" onClick={onClose}>
              {say(isSent ? 'shared.close' : 'shared.cancel')}
            </Button>
            {!isSent && (
              <Button
                type="submit"
                variant="filled"
                loading={isBusy}
                disabled={checked ? reached === 0 : lines.length === 0}
              >
                {checked ? say('invitations.send_many', { count: reached }) : say('invitations.check')}
              </Button>
            )}
          </FormFoot>
        }
      >
        {checked ? (
          <>
            {checked.some(({ outcome }) => outcome === 'limit_reached') && (
              <Banner tone="warn">{say('invitations.limit')}</Banner>
            )}
            <Preview lines={checked} />
          </>
        ) : (
          <>
            <PeopleInput text={text} onText={setText} />
            <RoleBoxes chosen={roles} onChoose={setRoles} />
          </>
        )}
      </FormPanel>
    </ActPanel>
  )
}

/** The check and the sending, in parts. */
function useBatch() {
  const say = useSay()
  const organizationId = useOrganizationId()
  const { data: person } = usePerson()
  const [checked, setChecked] = useState<readonly Checked[]>()
  const [isSent, setSent] = useState(false)
  // By line, of a sending that broke off.
  const [known, setKnown] = useState<ReadonlyMap<number, InviteOutcome>>(new Map())
  const [isBusy, setBusy] = useState(false)
  const sendPart = (part: readonly Line[], isTrial: boolean) =>
    api.createMany(organizationId, {
      inviter: { name: inviterOf(person) },
      client_id: INVITING_CLIENT,
      dry_run: isTrial,
      invitations: part.map(({ email, roles, language }) => ({
        email,
        ...(roles ? { roles } : {}),
        ...(language ? { language } : {}),
      })),
    })
  const send = async (lines: readonly Line[], { isTrial }: { isTrial: boolean }) => {
    setBusy(true)
    const good = lines.filter(({ fault, line }) => !fault && !known.has(line))
    const outcomes: InviteOutcome[] = []
    const reached = () => new Map([...known, ...outcomes.map((one, at) => [good[at]?.line ?? 0, one] as const)])
    try {
      for (let at = 0; at < good.length; at += MOST_AT_ONCE) {
        const { results } = await sendPart(good.slice(at, at + MOST_AT_ONCE), isTrial)
        outcomes.push(...results.map(({ outcome }) => outcome))
      }
      const byLine = reached()
      setChecked(lines.map((line) => ({ ...line, outcome: byLine.get(line.line) })))
      setSent(!isTrial)
      if (!isTrial) await refresh('invitations', 'summary')
    } catch (error) {
      // Parts that went out before did change something.
      if (!isTrial) setKnown(reached())
      const count = isTrial ? 0 : [...reached().values()].filter((outcome) => outcome === 'created').length
      const text = count > 0 ? say('invitations.broke_off', { count, total: lines.length }) : say(wordsOf(error))
      showToast({ text, isProblem: true })
      if (!isTrial) await refresh('invitations', 'summary')
    } finally {
      setBusy(false)
    }
  }
  const reset = () => {
    setChecked(undefined)
    setKnown(new Map())
  }
  return { checked, isSent, isBusy, send, reset }
}

function PeopleInput({ text, onText }: { text: string; onText: (text: string) => void }) {
  const say = useSay()
  return (
    <>
      <Textarea
        label={say('invitations.people')}
        description={say('invitations.people_note')}
        placeholder={'ada@acme.example\nnoah@acme.example, Auditor, en'}
        rows={7}
        autoFocus
        spellCheck={false}
        classNames={{ input: 'mono' }}
        value={text}
        onChange={(event) => onText(event.currentTarget.value)}
      />
      <FileDrop
        words={say('invitations.drop')}
        accept=".csv,text/csv,text/plain"
        onFile={(file) => void readText(file).then(onText)}
      />
    </>
  )
}

function Preview({ lines }: { lines: readonly Checked[] }) {
  const say = useSay()
  const { data: known = [] } = useRoles()
  const nameOf = (id: string) => known.find((role) => role.id === id)?.name ?? id
  const wordsOf = ({ fault, outcome = 'invalid_address' }: Checked): string =>
    say(fault ? `invitations.fault_${fault}` : `invitations.${outcome}`)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it may scroll, and is reached by keyboard for that.
    <div className={classes.frame} tabIndex={0}>
      <table className={classes.preview}>
        <thead>
          <tr>
            <th>{say('invitations.line')}</th>
            <th>{say('members.email')}</th>
            <th>{say('members.role')}</th>
            <th>{say('activity.result')}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.line}>
              <td>{line.line}</td>
              <td>{line.email}</td>
              <td>{(line.roles ?? []).map(nameOf).join(', ')}</td>
              <td>
                <Status state={!line.fault && line.outcome === 'created' ? 'ok' : 'stopped'}>{wordsOf(line)}</Status>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
