/** TABLE: the columns of the list of members, and which of them are shown. */
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { Avatar } from '../../shared/components/avatar.tsx'
import { Moment } from '../../shared/components/moment.tsx'
import type { Member } from '../api/types.ts'
import { nameOf } from '../data.ts'
import type { Column } from '../pieces/data-table.tsx'
import { MemberStatus } from '../pieces/member-status.tsx'
import { type TextKey, useSay } from '../texts/texts.ts'
import { useNumber } from '../use-number.ts'
import classes from './members.module.css'

/** A column's id, its name, and whether it is shown unless somebody chose otherwise. */
export const COLUMNS = [
  { id: 'name', key: 'members.name', isFixed: true },
  { id: 'email', key: 'members.email' },
  { id: 'roles', key: 'members.role' },
  { id: 'status', key: 'members.status' },
  { id: 'last_login', key: 'members.last_login' },
  { id: 'account', key: 'members.account' },
  { id: 'title', key: 'attribute.title', isHidden: true },
  { id: 'department', key: 'attribute.department', isHidden: true },
  { id: 'logins_count', key: 'members.logins', isHidden: true },
  { id: 'created_at', key: 'members.since', isHidden: true },
] as const satisfies { id: string; key: TextKey; isFixed?: true; isHidden?: true }[]

/** A column's id. */
export type ColumnId = (typeof COLUMNS)[number]['id']

const KEPT = 'tenantry-member-columns'

/** Which are shown, as chosen in this browser. */
export function useShownColumns(): [ReadonlySet<string>, (id: ColumnId, isShown: boolean) => void] {
  const [shown, setShown] = useState<ReadonlySet<string>>(() => {
    const kept = localStorage.getItem(KEPT)
    if (kept !== null) return new Set(['name', ...kept.split(',')])
    return new Set(COLUMNS.flatMap((column) => ('isHidden' in column ? [] : [column.id])))
  })
  const choose = (id: ColumnId, isShown: boolean) => {
    const next = new Set(shown)
    if (isShown) next.add(id)
    else next.delete(id)
    localStorage.setItem(KEPT, [...next].join(','))
    setShown(next)
  }
  return [shown, choose]
}

/** The columns that are shown. */
export function useColumns(shown: ReadonlySet<string>): Column<Member>[] {
  const say = useSay()
  const format = useNumber()
  const columns: (Column<Member> & { id: ColumnId })[] = [
    { id: 'name', name: say('members.name'), sort: 'name', cell: (member) => <NameCell member={member} /> },
    { id: 'email', name: say('members.email'), sort: 'email', quiet: true, cell: ({ email }) => email },
    { id: 'roles', name: say('members.role'), cell: (member) => rolesText(member) },
    { id: 'status', name: say('members.status'), cell: (member) => <MemberStatus member={member} /> },
    {
      id: 'last_login',
      name: say('members.last_login'),
      sort: 'last_login',
      end: true,
      cell: (member) => <LastLogin member={member} />,
    },
    {
      id: 'account',
      name: say('members.account'),
      quiet: true,
      cell: ({ membership }) => say(membership?.managed ? 'members.managed' : 'members.own'),
    },
    { id: 'title', name: say('attribute.title'), quiet: true, cell: ({ membership }) => membership?.attributes.title },
    {
      id: 'department',
      name: say('attribute.department'),
      quiet: true,
      cell: ({ membership }) => membership?.attributes.department,
    },
    {
      id: 'logins_count',
      name: say('members.logins'),
      sort: 'logins_count',
      end: true,
      cell: ({ logins_count: count = 0 }) => format(count),
    },
    {
      id: 'created_at',
      name: say('members.since'),
      end: true,
      cell: ({ membership, created_at: at }) => <Moment at={membership?.created_at ?? at} isDay />,
    },
  ]
  return columns.filter(({ id }) => shown.has(id))
}

function NameCell({ member }: { member: Member }) {
  return (
    <Link to="/members/$userId" params={{ userId: member.user_id }} className={classes.who} data-opens>
      <Avatar name={nameOf(member)} size="small" />
      <span className="few-lines" title={nameOf(member)}>
        {nameOf(member)}
      </span>
    </Link>
  )
}

/** A member in the list of a narrow window. */
export function MemberCard({ member }: { member: Member }) {
  const say = useSay()
  return (
    <div className={classes.card}>
      <Link to="/members/$userId" params={{ userId: member.user_id }} className={classes.cardName} data-opens>
        <Avatar name={nameOf(member)} size="small" />
        <span className="few-lines" title={nameOf(member)}>
          {nameOf(member)}
        </span>
      </Link>
      <MemberStatus member={member} />
      <span className={classes.cardNote}>
        <span className="few-lines">{rolesText(member) || say('members.no_role')}</span>
      </span>
      <span className={classes.cardNote}>
        <LastLogin member={member} />
      </span>
    </div>
  )
}

function LastLogin({ member: { last_login: at } }: { member: Member }) {
  const say = useSay()
  return at ? <Moment at={at} /> : <span className={classes.none}>{say('members.never')}</span>
}

/** "Dispatcher", or "Dispatcher +1". */
function rolesText({ membership }: Member): string {
  const [first, ...more] = membership?.roles ?? []
  if (!first) return ''
  return more.length === 0 ? first.name : `${first.name} +${more.length}`
}
