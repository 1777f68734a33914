/** The roles of a member in the organization, those that can be given, and what each permits. */
import { Button } from '@mantine/core'
import { Loaded } from '../../shared/components/page.tsx'
import { RecordSection, Row, Rows } from '../../shared/components/record-section.tsx'
import { SkeletonLines } from '../../shared/components/skeleton.tsx'
import { useAccess, useMay, useOrganizationId } from '../access.ts'
import { organizations } from '../api/api.ts'
import type { Member, Role } from '../api/types.ts'
import { nameOf, useOrganizationName, useRoles } from '../data.ts'
import { RoleWords } from '../pieces/role-words.tsx'
import { useSay } from '../texts/texts.ts'
import { useMemberRights } from './acts.tsx'
import classes from './member.module.css'
import { useAct } from './use-act.ts'

/** Draws them. */
export function RolesTab({ member }: { member: Member }) {
  const say = useSay()
  const may = useMay()
  const { userId } = useAccess()
  const organization = useOrganizationName()
  const roles = useRoles()
  const rights = useMemberRights(member)
  const held = member.membership?.roles ?? []
  const known = roles.data ?? []
  const open = known.filter(({ id }) => !held.some((role) => role.id === id))
  return (
    <>
      <RecordSection title={say('roles.held')} note={say('roles.held_note', { organization })}>
        {held.length === 0 ? (
          <p className={classes.quiet}>{say('roles.none_held')}</p>
        ) : (
          <Rows>
            {held.map((role) => (
              <RoleRow
                key={role.id}
                role={known.find(({ id }) => id === role.id) ?? role}
                member={member}
                act={rights.takeRoles ? 'take' : undefined}
              />
            ))}
          </Rows>
        )}
        {member.user_id === userId && <p className={classes.quiet}>{say('roles.own')}</p>}
      </RecordSection>
      {rights.giveRoles && may('read:roles') && (
        <RecordSection title={say('roles.open')} note={say('roles.open_note')}>
          <Loaded query={roles} what={say('nav.roles')} skeleton={<SkeletonLines count={3} />}>
            {() =>
              open.length === 0 ? (
                <p className={classes.quiet}>{say('roles.all_held')}</p>
              ) : (
                <Rows>
                  {open.map((role) => (
                    <RoleRow key={role.id} role={role} member={member} act="give" />
                  ))}
                </Rows>
              )
            }
          </Loaded>
        </RecordSection>
      )}
    </>
  )
}

function RoleRow({ role, member, act: kind }: { role: Role; member: Member; act: 'give' | 'take' | undefined }) {
  const say = useSay()
  const id = useOrganizationId()
  const { isBusy, act } = useAct('member', 'members', 'member-logs')
  const { user_id: userId } = member
  const words = { role: role.name, name: nameOf(member) }
  const give = () => organizations.giveRoles(id, userId, [role.id])
  const take = () => organizations.takeRoles(id, userId, [role.id])
  const run = () =>
    kind === 'give'
      ? act(give, {
          text: say('roles.given', words),
          onUndo: () => void act(take, { text: say('shared.undone') }),
        })
      : act(take, {
          text: say('roles.taken', words),
          onUndo: () => void act(give, { text: say('shared.undone') }),
        })
  return (
    <Row
      title={role.name}
      note={<RoleWords role={role} />}
      act={
        kind && (
          <Button loading={isBusy} onClick={() => void run()} aria-label={say(`roles.${kind}_named`, words)}>
            {say(`roles.${kind}`)}
          </Button>
        )
      }
    />
  )
}
