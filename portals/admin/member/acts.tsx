/** What can be done with a member, as far as the person's rights go and the member may be acted upon. */
import { Button } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { Ellipsis, MailCheck, Trash2, UserMinus } from 'lucide-react'
import { useState } from 'react'
import { Menu, MenuGroup, MenuItem } from '../../shared/components/menu.tsx'
import { useAccess, useMay, useOrganizationId } from '../access.ts'
import { organizations, users } from '../api/api.ts'
import type { Member } from '../api/types.ts'
import { nameOf, useOrganizationName } from '../data.ts'
import { useSay } from '../texts/texts.ts'
import { BlockDialog, LeaveDialog, SignOutDialog } from './dialogs.tsx'
import { useAct } from './use-act.ts'

/** A dialog of this page. */
export type MemberDialog = 'block' | 'sign-out' | 'remove' | 'delete'

/** What the person may do with a member. */
export function useMemberRights({ user_id: id, membership }: Member) {
  const may = useMay()
  const { userId } = useAccess()
  const isOpen = membership?.protected !== true
  const isOther = id !== userId
  return {
    mail: isOpen && may('create:user_tickets'),
    change: isOpen && may('update:users'),
    block: isOpen && isOther && may('update:users'),
    signOut: isOpen && may('delete:sessions'),
    remove: isOpen && isOther && may('delete:organization_members'),
    delete: isOpen && isOther && membership?.managed === true && may('delete:users'),
    giveRoles: isOpen && isOther && may('create:organization_member_roles'),
    takeRoles: isOpen && isOther && may('delete:organization_member_roles'),
    edit: isOpen && membership?.managed === true && may('update:users'),
    lift: isOpen && (may('update:users') || may('delete:anomaly_blocks')),
  }
}

/** Draws them. */
export function MemberActs({ member }: { member: Member }) {
  const say = useSay()
  const rights = useMemberRights(member)
  const organizationId = useOrganizationId()
  const { isBusy, act } = useAct('member', 'members', 'summary', 'member-logs')
  const [dialog, setDialog] = useState<MemberDialog>()
  const close = () => setDialog(undefined)
  const { user_id: id, email } = member
  const name = nameOf(member)
  const unblock = () =>
    act(() => organizations.changeMember(organizationId, id, { blocked: false }), {
      text: say('member.unblocked', { name }),
    })
  return (
    <>
      {rights.mail && email && <ResetButton member={member} />}
      {rights.signOut && <Button onClick={() => setDialog('sign-out')}>{say('member.sign_out')}</Button>}
      {rights.block &&
        (member.blocked ? (
          <Button loading={isBusy} onClick={() => void unblock()}>
            {say('bulk.unblock')}
          </Button>
        ) : (
          <Button variant="danger" onClick={() => setDialog('block')}>
            {say('member.block')}
          </Button>
        ))}
      <MoreActs member={member} onOpen={setDialog} />
      <BlockDialog member={member} isOpen={dialog === 'block'} onClose={close} />
      <SignOutDialog member={member} isOpen={dialog === 'sign-out'} onClose={close} />
      <LeaveDialogs member={member} dialog={dialog} onClose={close} />
    </>
  )
}

/** Sends a link to choose a new password. */
export function ResetButton({ member }: { member: Member }) {
  const say = useSay()
  const { isBusy, act } = useAct('member-logs')
  const { user_id: id, email = '' } = member
  return (
    <Button
      loading={isBusy}
      onClick={() =>
        void act(() => users.sendMail(id, 'password_reset'), { text: say('member.reset_sent', { email }) })
      }
    >
      {say('bulk.send_password_reset')}
    </Button>
  )
}

function MoreActs({ member, onOpen }: { member: Member; onOpen: (dialog: MemberDialog) => void }) {
  const say = useSay()
  const rights = useMemberRights(member)
  const organization = useOrganizationName()
  const { act } = useAct('member-logs')
  const { user_id: id, email = '', email_verified: isVerified } = member
  const mayVerify = rights.mail && email !== '' && !isVerified
  if (!mayVerify && !rights.remove && !rights.delete) return null
  return (
    <Menu look="edged" side="end" name={say('member.more')} button={<Ellipsis aria-hidden />}>
      {(close) => (
        <>
          {mayVerify && (
            <MenuGroup>
              <li>
                <MenuItem
                  icon={<MailCheck aria-hidden />}
                  onClick={() => {
                    close()
                    void act(() => users.sendMail(id, 'email_verification'), {
                      text: say('member.verification_sent', { email }),
                    })
                  }}
                >
                  {say('member.send_verification')}
                </MenuItem>
              </li>
            </MenuGroup>
          )}
          {(rights.remove || rights.delete) && (
            <MenuGroup>
              {rights.remove && (
                <li>
                  <MenuItem
                    icon={<UserMinus aria-hidden />}
                    isDangerous
                    onClick={() => {
                      close()
                      onOpen('remove')
                    }}
                  >
                    {say('member.remove', { organization })}
                  </MenuItem>
                </li>
              )}
              {rights.delete && (
                <li>
                  <MenuItem
                    icon={<Trash2 aria-hidden />}
                    isDangerous
                    onClick={() => {
                      close()
                      onOpen('delete')
                    }}
                  >
                    {say('member.delete')}
                  </MenuItem>
                </li>
              )}
            </MenuGroup>
          )}
        </>
      )}
    </Menu>
  )
}

function LeaveDialogs({
  member,
  dialog,
  onClose,
}: {
  member: Member
  dialog: MemberDialog | undefined
  onClose: () => void
}) {
  const navigate = useNavigate()
  const organizationId = useOrganizationId()
  const { user_id: id } = member
  const leave = () => void navigate({ to: '/members' })
  return (
    <>
      <LeaveDialog
        kind="remove"
        member={member}
        isOpen={dialog === 'remove'}
        work={() => organizations.removeMembers(organizationId, [id])}
        onDone={leave}
        onClose={onClose}
      />
      <LeaveDialog
        kind="delete"
        member={member}
        isOpen={dialog === 'delete'}
        work={() => users.delete(id)}
        onDone={leave}
        onClose={onClose}
      />
    </>
  )
}
