/** Questions before acts on a member, each with its effect. */
import { Textarea, TextInput } from '@mantine/core'
import '@mantine/core/styles/Input.layer.css'
import '@mantine/core/styles/InlineInput.layer.css'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Confirm } from '../../shared/components/confirm.tsx'
import { useMay, useOrganizationId } from '../access.ts'
import { organizations, users } from '../api/api.ts'
import type { Member } from '../api/types.ts'
import { nameOf, useOrganizationName } from '../data.ts'
import { useSay } from '../texts/texts.ts'
import { useAct } from './use-act.ts'

type DialogProps = { member: Member; isOpen: boolean; onClose: () => void }

/** Where a member is signed in, for those who may see it. */
export function useSessions({ user_id: id }: Member, isAsked = true) {
  const may = useMay()
  return useQuery({
    queryKey: ['sessions', id],
    queryFn: () => users.sessions(id).then(({ sessions }) => sessions),
    enabled: isAsked && may('read:sessions'),
  })
}

/** Blocks, with a reason. */
export function BlockDialog({ member, isOpen, onClose }: DialogProps) {
  const say = useSay()
  const organizationId = useOrganizationId()
  const organization = useOrganizationName()
  const { data: sessions } = useSessions(member, isOpen)
  const { isBusy, act } = useAct('member', 'members', 'summary', 'sessions', 'member-logs')
  const [reason, setReason] = useState('')
  const name = nameOf(member)
  const block = async () => {
    const change = { blocked: true, blocked_reason: reason.trim() }
    const isDone = await act(() => organizations.changeMember(organizationId, member.user_id, change), {
      text: say('block.done', { name }),
    })
    if (isDone) setReason('')
    onClose()
  }
  return (
    <Confirm
      isOpen={isOpen}
      question={say('block.ask', { name })}
      effect={
        !sessions?.length
          ? say('block.effect_unknown', { organization })
          : say('block.effect', { count: sessions.length, organization })
      }
      act={say('block.act')}
      isBusy={isBusy}
      isAllowed={reason.trim() !== ''}
      onConfirm={() => void block()}
      onClose={onClose}
    >
      <Textarea
        label={say('block.reason')}
        description={say('block.reason_note')}
        rows={2}
        maxLength={500}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </Confirm>
  )
}

/** Ends all sessions. */
export function SignOutDialog({ member, isOpen, onClose }: DialogProps) {
  const say = useSay()
  const organization = useOrganizationName()
  const { data: sessions } = useSessions(member, isOpen)
  const { isBusy, act } = useAct('sessions', 'member-logs')
  const name = nameOf(member)
  const end = async () => {
    await act(() => users.endSessions(member.user_id), { text: say('sign_out.done', { name }) })
    onClose()
  }
  return (
    <Confirm
      isOpen={isOpen}
      question={say('sign_out.ask', { name })}
      effect={
        !sessions?.length
          ? say('sign_out.effect_unknown', { organization })
          : say('sign_out.effect', { count: sessions.length, organization })
      }
      act={say('sign_out.act')}
      isBusy={isBusy}
      onConfirm={() => void end()}
      onClose={onClose}
    />
  )
}

/** Removes a membership, or deletes an account; the address has to be typed. */
export function LeaveDialog({ kind, member, isOpen, work, onDone, onClose }: LeaveDialogProps) {
  const say = useSay()
  const organization = useOrganizationName()
  const { isBusy, act } = useAct('members', 'summary')
  const [typed, setTyped] = useState('')
  const name = nameOf(member)
  const proof = member.email || name
  const leave = async () => {
    const isDone = await act(work, { text: say(`${kind}.done`, { name }) })
    onClose()
    if (isDone) onDone()
  }
  return (
    <Confirm
      isOpen={isOpen}
      question={say(`${kind}.ask`, { name })}
      effect={say(`${kind}.effect`, { organization })}
      act={say(`${kind}.act`)}
      isBusy={isBusy}
      isAllowed={typed.trim() === proof}
      onConfirm={() => void leave()}
      onClose={onClose}
    >
      <TextInput
        label={
          <>
            {say('shared.type')} <span className="mono">{proof}</span>
          </>
        }
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
    </Confirm>
  )
}

type LeaveDialogProps = DialogProps & { kind: 'remove' | 'delete'; work: () => Promise<unknown>; onDone: () => void }
