/** A bulk act before it is done: how many it reaches, who is left out and why, and what has to be said for it. */
import { Textarea, TextInput } from '@mantine/core'
import '@mantine/core/styles/Input.layer.css'
import '@mantine/core/styles/InlineInput.layer.css'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Confirm } from '../../shared/components/confirm.tsx'
import { Fault } from '../../shared/components/fault.tsx'
import { showToast } from '../../shared/components/toasts.tsx'
import { useOrganizationId } from '../access.ts'
import type { BulkAct, BulkResult, Outcome } from '../api/types.ts'
import { refresh } from '../data.ts'
import { wordsOf } from '../pieces/problem-words.ts'
import { isTextKey, useSay } from '../texts/texts.ts'
import { actOnMany } from './bulk.ts'
import classes from './members.module.css'

/** What is to be done with whom. */
export type BulkPlan = Pick<BulkAct, 'action' | 'members' | 'roles'> & {
  names: ReadonlyMap<string, string>
  roleName?: string
}

/** TABLE: acts that are red. */
const DANGEROUS: ReadonlySet<BulkAct['action']> = new Set(['block', 'remove'])

/** Draws it. */
export function BulkDialog({ plan, onClose, onDone }: BulkDialogProps) {
  const say = useSay()
  const id = useOrganizationId()
  const [reason, setReason] = useState('')
  const [typed, setTyped] = useState('')
  const [through, setThrough] = useState<number>()
  const { action, members, roles, roleName = '' } = plan
  const act: BulkAct = { action, members, ...(roles ? { roles } : {}) }
  const trial = useQuery({
    queryKey: ['trial', id, act],
    queryFn: () => actOnMany(id, { ...act, dry_run: true }),
    gcTime: 0,
    staleTime: 0,
  })
  const reached = trial.data?.done ?? 0
  const left = (trial.data?.results ?? []).filter(({ outcome }) => outcome !== 'done')
  const isProven = action !== 'remove' || typed.trim() === String(reached)
  const isReasoned = action !== 'block' || reason.trim() !== ''
  const run = async () => {
    setThrough(0)
    try {
      const result = await actOnMany(id, { ...act, ...(reason.trim() ? { reason: reason.trim() } : {}) }, setThrough)
      await refresh('members', 'member', 'summary', 'logs')
      onDone(result)
    } catch (error) {
      showToast({ text: say(wordsOf(error)), isProblem: true })
      await refresh('members')
      onClose()
    }
  }
  return (
    <Confirm
      isOpen
      question={say(`bulk.${action}_ask`, { count: trial.data ? reached : members.length, role: roleName })}
      effect={say(`bulk.${action}_effect`)}
      act={trial.data ? say(`bulk.${action}_act`, { count: reached }) : say('bulk.checking')}
      isBusy={through !== undefined}
      isAllowed={reached > 0 && isProven && isReasoned}
      isDangerous={DANGEROUS.has(action)}
      onConfirm={() => void run()}
      onClose={onClose}
    >
      {trial.error && <Fault what={say('bulk.trial')} error={trial.error} onRetry={trial.refetch} />}
      {trial.data && (
        <div>
          <p role="status">
            {say('bulk.reaches', { count: reached, total: members.length })}
            {left.length > 0 && ` ${say('bulk.left', { count: left.length })}`}
          </p>
          {left.length > 0 && <Outcomes results={left} plan={plan} />}
        </div>
      )}
      {action === 'block' && (
        <Textarea
          label={say('block.reason')}
          description={say('block.reason_note')}
          rows={2}
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      )}
      {action === 'remove' && reached > 0 && (
        <TextInput
          label={say('bulk.type_count', { count: reached })}
          inputMode="numeric"
          autoComplete="off"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      )}
      {through !== undefined && members.length > through && through > 0 && (
        <p role="status">{say('bulk.through', { count: through, total: members.length })}</p>
      )}
    </Confirm>
  )
}

type BulkDialogProps = { plan: BulkPlan; onClose: () => void; onDone: (result: BulkResult) => void }

/** Who was left out, and why. */
export function Outcomes({ results, plan: { action, names } }: { results: BulkResult['results']; plan: BulkPlan }) {
  const say = useSay()
  const reasonOf = ({ code, message, outcome }: Outcome) => {
    if (outcome === 'skipped') return say(`skipped.${action}`)
    const key = `outcome.${code}`
    return isTextKey(key) ? say(key) : (message ?? '')
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it may scroll, and is reached by keyboard for that.
    <ul className={classes.outcomes} tabIndex={0} aria-label={say('bulk.left_out')}>
      {results.map((result) => (
        <li key={result.user_id}>
          <span>{names.get(result.user_id) ?? result.user_id}</span>
          <span>{reasonOf(result)}</span>
        </li>
      ))}
    </ul>
  )
}
