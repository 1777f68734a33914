/** A bulk act before it is done: how many it reaches, who is left out and why, and what has to be said for it. */
import { Textarea, TextInput } from '@mantine/core'
import '@mantine/core/styles/Input.layer.css'
import '@mantine/core/styles/InlineInput.layer.css'
import { useQuery } from '@tanstack/react-query'
import { useBlocker } from '@tanstack/react-router'
import { useState } from 'react'
import { Confirm } from '../../shared/components/confirm.tsx'
import { Fault } from '../../shared/components/fault.tsx'
import { useOrganizationId } from '../access.ts'
import type { BulkAct } from '../api/types.ts'
import { refresh } from '../data.ts'
import { useSay } from '../texts/texts.ts'
import { useNumber } from '../use-number.ts'
import { actOnMany, type BulkRun, tryOnMany } from './bulk.ts'
import classes from './members.module.css'
import { Outcomes } from './outcomes.tsx'

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
  const [stopper] = useState(() => new AbortController())
  const [isStopping, setStopping] = useState(false)
  const { action, members, roles, roleName = '' } = plan
  const act: BulkAct = { action, members, ...(roles ? { roles } : {}) }
  const trial = useQuery({
    queryKey: ['trial', id, act],
    queryFn: () => tryOnMany(id, act),
    gcTime: 0,
    staleTime: 0,
  })
  const reached = trial.data?.done ?? 0
  const left = (trial.data?.results ?? []).filter(({ outcome }) => outcome !== 'done')
  const isProven = action !== 'remove' || typed.trim() === String(reached)
  const isReasoned = action !== 'block' || reason.trim() !== ''
  const isRunning = through !== undefined
  // What is left out by going away would be told to nobody.
  useBlocker({ shouldBlockFn: () => true, disabled: !isRunning, enableBeforeUnload: isRunning })
  const run = async () => {
    setThrough(0)
    const { signal } = stopper
    const asked = { ...act, ...(reason.trim() ? { reason: reason.trim() } : {}) }
    const result = await actOnMany(id, asked, { onProgress: setThrough, signal })
    await refresh('members', 'member', 'summary', 'logs')
    onDone(result)
  }
  const stop = () => {
    stopper.abort()
    setStopping(true)
  }
  return (
    <Confirm
      isOpen
      question={say(`bulk.${action}_ask`, { count: trial.data ? reached : members.length, role: roleName })}
      effect={say(`bulk.${action}_effect`)}
      act={trial.data ? say(`bulk.${action}_act`, { count: reached }) : say('bulk.checking')}
      isBusy={isRunning}
      onStop={isRunning ? stop : undefined}
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
      {isRunning && <Running through={through} total={members.length} isStopping={isStopping} />}
    </Confirm>
  )
}

type BulkDialogProps = { plan: BulkPlan; onClose: () => void; onDone: (result: BulkRun) => void }

/** How far it is; of few members there is nothing to wait for. */
function Running({ through, total, isStopping }: { through: number; total: number; isStopping: boolean }) {
  const say = useSay()
  const format = useNumber()
  return (
    <div className={classes.running}>
      <progress className={classes.progress} value={through} max={total} aria-label={say('bulk.progress')} />
      <p role="status">{say('bulk.through', { count: through, total: format(total) })}</p>
      <p>{say(isStopping ? 'bulk.stopping' : 'bulk.keep_open')}</p>
    </div>
  )
}
