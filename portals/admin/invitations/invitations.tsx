/** Invitations that are open or ran out: who was asked to join, by whom, until when; and new ones, one or many. */
import { Button } from '@mantine/core'
import { Copy, MailPlus, RotateCw, Upload, X } from 'lucide-react'
import { useState } from 'react'
import { Confirm } from '../../shared/components/confirm.tsx'
import { Moment } from '../../shared/components/moment.tsx'
import { Loaded, Page } from '../../shared/components/page.tsx'
import { SkeletonLines } from '../../shared/components/skeleton.tsx'
import { Status } from '../../shared/components/status.tsx'
import { showToast } from '../../shared/components/toasts.tsx'
import { useMay, useOrganizationId } from '../access.ts'
import { invitations as api } from '../api/api.ts'
import type { Invitation } from '../api/types.ts'
import { useInvitations, useOrganizationName, useRoles } from '../data.ts'
import { useAct } from '../member/use-act.ts'
import { BeyondLast } from '../pieces/beyond-last.tsx'
import { type Column, DataTable } from '../pieces/data-table.tsx'
import { EmptyPage } from '../pieces/empty-page.tsx'
import { FilterBar, SearchBox } from '../pieces/filter.tsx'
import { Guarded } from '../pieces/guarded.tsx'
import { Pager } from '../pieces/pager.tsx'
import { pageOf, useQueryState } from '../search.ts'
import { useSay } from '../texts/texts.ts'
import classes from './invitations.module.css'
import { InviteMany } from './invite-many.tsx'
import { InviteOne } from './invite-one.tsx'

const PER_PAGE = 25

/** Draws them. */
export function Invitations() {
  const say = useSay()
  return (
    <Guarded title={say('nav.invitations')} rights={['read:organization_invitations']}>
      <InvitationsPage />
    </Guarded>
  )
}

function InvitationsPage() {
  const say = useSay()
  const may = useMay()
  const organization = useOrganizationName()
  const [values, change] = useQueryState()
  const page = pageOf(values)
  const { text } = values
  const list = useInvitations({ page: page - 1, perPage: PER_PAGE, address: text })
  const mayInvite = may('create:organization_invitations')
  const close = () => change({ invite: undefined }, { replace: true, ignoreBlocker: true })
  const buttons = mayInvite && (
    <>
      <Button leftSection={<Upload aria-hidden />} onClick={() => change({ invite: 'many' })}>
        {say('invitations.many')}
      </Button>
      <Button variant="filled" leftSection={<MailPlus aria-hidden />} onClick={() => change({ invite: 'one' })}>
        {say('members.invite')}
      </Button>
    </>
  )
  return (
    <Page title={say('nav.invitations')} lead={say('invitations.lead', { organization })} acts={buttons}>
      {mayInvite && values.invite === 'one' && <InviteOne onClose={close} />}
      {mayInvite && values.invite === 'many' && <InviteMany onClose={close} />}
      <FilterBar
        search={
          <SearchBox
            label={say('invitations.search')}
            value={text ?? ''}
            onSearch={(typed) => change({ text: typed || undefined }, { replace: true })}
          />
        }
      />
      <div className={classes.list}>
        <Loaded query={list} what={say('invitations.list')} skeleton={<SkeletonLines count={5} />}>
          {({ invitations, total }) =>
            invitations.length === 0 && page > 1 ? (
              <BeyondLast last={Math.max(1, Math.ceil(total / PER_PAGE))} />
            ) : invitations.length === 0 ? (
              <NoInvitations isFiltered={!!text} onClear={() => change({ text: undefined })} />
            ) : (
              <>
                <InvitationTable rows={invitations} isStale={list.isPlaceholderData} />
                <Pager
                  page={page}
                  perPage={PER_PAGE}
                  total={total}
                  onTurn={(next) => change({ page: next === 1 ? undefined : String(next) })}
                />
              </>
            )
          }
        </Loaded>
      </div>
    </Page>
  )
}

function NoInvitations({ isFiltered, onClear }: { isFiltered: boolean; onClear: () => void }) {
  const say = useSay()
  const organization = useOrganizationName()
  if (!isFiltered) {
    return <EmptyPage title={say('invitations.none')} text={say('invitations.none_text', { organization })} />
  }
  return (
    <EmptyPage title={say('invitations.none_match')} text={say('invitations.none_match_text')}>
      <Button onClick={onClear}>{say('list.clear')}</Button>
    </EmptyPage>
  )
}

function InvitationTable({ rows, isStale }: { rows: readonly Invitation[]; isStale: boolean }) {
  const say = useSay()
  const { data: roles = [] } = useRoles()
  const [revoking, setRevoking] = useState<Invitation>()
  const rolesText = ({ roles: ids = [] }: Invitation) =>
    ids.map((id) => roles.find((role) => role.id === id)?.name ?? say('invitations.other_role')).join(', ') ||
    say('members.no_role')
  const columns: Column<Invitation>[] = [
    { id: 'email', name: say('members.email'), cell: ({ invitee }) => <Address email={invitee.email} /> },
    { id: 'role', name: say('members.role'), cell: rolesText },
    { id: 'by', name: say('invitations.by'), quiet: true, cell: ({ inviter }) => inviter.name },
    { id: 'state', name: say('members.status'), cell: (invitation) => <State invitation={invitation} /> },
    { id: 'sent', name: say('invitations.sent'), end: true, cell: ({ created_at: at }) => <Moment at={at} /> },
    { id: 'ends', name: say('invitations.ends'), end: true, cell: ({ expires_at: at }) => <Moment at={at} /> },
    {
      id: 'acts',
      name: say('invitations.acts'),
      end: true,
      cell: (invitation) => <Acts invitation={invitation} onRevoke={setRevoking} />,
    },
  ]
  return (
    <>
      <DataTable<Invitation>
        name={say('nav.invitations')}
        rows={rows}
        columns={columns}
        idOf={({ id }) => id}
        nameOf={({ invitee }) => invitee.email}
        isStale={isStale}
        card={(invitation) => (
          <div className={classes.card}>
            <Address email={invitation.invitee.email} />
            <span className="few-lines">{rolesText(invitation)}</span>
            <State invitation={invitation} />
            <span className={classes.quiet}>
              {say('invitations.ends')} <Moment at={invitation.expires_at} />
            </span>
            <Acts invitation={invitation} onRevoke={setRevoking} />
          </div>
        )}
      />
      <Revoke invitation={revoking} onClose={() => setRevoking(undefined)} />
    </>
  )
}

function Address({ email }: { email: string }) {
  return (
    <strong className="few-lines" title={email}>
      {email}
    </strong>
  )
}

function State({ invitation: { expires_at: end } }: { invitation: Invitation }) {
  const say = useSay()
  const isOpen = Date.parse(end) > Date.now()
  return (
    <Status state={isOpen ? 'waiting' : 'stopped'}>{say(isOpen ? 'invitations.open' : 'invitations.ended')}</Status>
  )
}

function Acts({ invitation, onRevoke }: { invitation: Invitation; onRevoke: (invitation: Invitation) => void }) {
  const say = useSay()
  const may = useMay()
  const organizationId = useOrganizationId()
  const { isBusy, act } = useAct('invitations', 'summary')
  const { id, invitee, invitation_url: url } = invitation
  const { email } = invitee
  const copy = () => {
    navigator.clipboard.writeText(url ?? '').then(
      () => showToast({ text: say('invitations.copied', { email }) }),
      () => showToast({ text: say('invitations.not_copied'), isProblem: true }),
    )
  }
  return (
    <div className={classes.acts}>
      {url && may('create:organization_invitations') && (
        <button type="button" onClick={copy} aria-label={say('invitations.copy', { email })}>
          <Copy aria-hidden />
        </button>
      )}
      {may('create:organization_invitations') && (
        <button
          type="button"
          disabled={isBusy}
          onClick={() => void act(() => api.resend(organizationId, id), { text: say('invitations.resent', { email }) })}
          aria-label={say('invitations.resend', { email })}
        >
          <RotateCw aria-hidden />
        </button>
      )}
      {may('delete:organization_invitations') && (
        <button
          type="button"
          className={classes.revoke}
          onClick={() => onRevoke(invitation)}
          aria-label={say('invitations.revoke', { email })}
        >
          <X aria-hidden />
        </button>
      )}
    </div>
  )
}

function Revoke({ invitation, onClose }: { invitation: Invitation | undefined; onClose: () => void }) {
  const say = useSay()
  const organizationId = useOrganizationId()
  const { isBusy, act } = useAct('invitations', 'summary')
  const email = invitation?.invitee.email ?? ''
  const revoke = async () => {
    if (invitation) {
      await act(() => api.revoke(organizationId, invitation.id), { text: say('invitations.revoked', { email }) })
    }
    onClose()
    document.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true })
  }
  return (
    <Confirm
      isOpen={invitation !== undefined}
      question={say('invitations.revoke_ask', { email })}
      effect={say('invitations.revoke_effect')}
      act={say('invitations.revoke_act')}
      isBusy={isBusy}
      onConfirm={() => void revoke()}
      onClose={onClose}
    />
  )
}
