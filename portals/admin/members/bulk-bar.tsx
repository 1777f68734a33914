/** The bar of acts on the chosen members: buttons side by side, and on narrow windows one menu with all of them. */
import { Button } from '@mantine/core'
import { ChevronDown, X } from 'lucide-react'
import { Fragment, useState } from 'react'
import { Menu, MenuGroup, MenuItem } from '../../shared/components/menu.tsx'
import { showToast } from '../../shared/components/toasts.tsx'
import { useMay } from '../access.ts'
import { useRoles } from '../data.ts'
import { useNarrow } from '../pieces/data-table.tsx'
import { wordsOf } from '../pieces/problem-words.ts'
import { useSay } from '../texts/texts.ts'
import { useNumber } from '../use-number.ts'
import type { BulkPlan } from './bulk-dialog.tsx'
import { listEverybody } from './every-member.ts'
import classes from './members.module.css'
import type { MemberSelection } from './use-selection.ts'

/** Draws it. */
export function BulkBar({ selection, query, total, onPlan, onExport }: BulkBarProps) {
  const say = useSay()
  const format = useNumber()
  const isNarrow = useNarrow()
  const groups = useActs({ selection, onPlan, onExport })
  const [read, setRead] = useState<number>()
  const count = selection.members.size
  const selectAll = async () => {
    setRead(0)
    try {
      selection.toggle(await listEverybody(query.q, setRead), true)
    } catch (error) {
      showToast({ text: say(wordsOf(error)), isProblem: true })
    } finally {
      setRead(undefined)
    }
  }
  return (
    <section className={classes.bulk} aria-label={say('bulk.label')}>
      <span className={classes.count} role="status">
        {say('bulk.selected', { count })}
      </span>
      {count < total && (
        <button
          type="button"
          className={classes.textButton}
          disabled={read !== undefined}
          onClick={() => void selectAll()}
        >
          {read === undefined
            ? say('bulk.select_all', { total: format(total) })
            : say('bulk.read', { count: read, total: format(total) })}
        </button>
      )}
      {isNarrow ? <ActsMenu groups={groups} /> : <ActButtons groups={groups} />}
      <button type="button" className={classes.closeBulk} onClick={selection.clear} aria-label={say('bulk.clear')}>
        <X aria-hidden />
      </button>
    </section>
  )
}

type BulkBarProps = {
  selection: MemberSelection
  query: { q: string | undefined }
  total: number
  onPlan: (plan: BulkPlan) => void
  onExport: () => void
}

/** An act, or what can be chosen for one, such as the role. */
type Act = { name: string; isDangerous?: boolean } & (
  | { act: () => void }
  | { choices: { name: string; act: () => void }[] }
)

/** What can be done: the usual acts, and those that are dangerous. */
function useActs({ selection, onPlan, onExport }: Pick<BulkBarProps, 'selection' | 'onPlan' | 'onExport'>): Act[][] {
  const say = useSay()
  const may = useMay()
  const { data: roles = [] } = useRoles()
  const members = [...selection.members.values()]
  const blocked = members.filter(({ blocked }) => blocked).length
  // The number that is really reached, as far as it is known here.
  const open = members.filter(({ blocked, membership }) => !blocked && membership?.protected !== true).length
  const plan = (action: BulkPlan['action'], more: Partial<BulkPlan> = {}) =>
    onPlan({
      action,
      members: members.map(({ user_id: id }) => id),
      names: new Map(members.map((member) => [member.user_id, member.name || member.email || member.user_id])),
      ...more,
    })
  const rolesFor = (action: 'assign_roles' | 'withdraw_roles', isAllowed: boolean): Act[] => {
    const choices = roles.map(({ id, name }) => ({ name, act: () => plan(action, { roles: [id], roleName: name }) }))
    return isAllowed && choices.length > 0 ? [{ name: say(`bulk.${action}`), choices }] : []
  }
  const one = (isAllowed: boolean, act: Act): Act[] => (isAllowed ? [act] : [])
  const name = say('bulk.send_password_reset')
  return [
    [
      ...rolesFor('assign_roles', may('create:organization_member_roles')),
      ...rolesFor('withdraw_roles', may('delete:organization_member_roles')),
      ...one(may('create:user_tickets'), { name, act: () => plan('send_password_reset') }),
      ...one(may('update:users') && blocked > 0, { name: say('bulk.unblock'), act: () => plan('unblock') }),
      { name: say('bulk.export'), act: onExport },
    ],
    [
      ...one(may('update:users') && open > 0, {
        name: say('bulk.block', { count: open }),
        isDangerous: true,
        act: () => plan('block'),
      }),
      ...one(may('delete:organization_members'), {
        name: say('bulk.remove'),
        isDangerous: true,
        act: () => plan('remove'),
      }),
    ],
  ]
}

function ActButtons({ groups }: { groups: readonly Act[][] }) {
  return groups
    .filter((acts) => acts.length > 0)
    .map((acts) => (
      <Fragment key={acts[0]?.name}>
        <span className={classes.rule} aria-hidden="true" />
        {acts.map((one) =>
          'act' in one ? (
            <Button key={one.name} variant={one.isDangerous ? 'danger' : 'default'} onClick={one.act}>
              {one.name}
            </Button>
          ) : (
            <Menu
              key={one.name}
              look="edged"
              up
              button={
                <>
                  {one.name}
                  <ChevronDown aria-hidden />
                </>
              }
            >
              {(close) => <Entries name={one.name} entries={one.choices} close={close} />}
            </Menu>
          ),
        )}
      </Fragment>
    ))
}

function ActsMenu({ groups }: { groups: readonly Act[][] }) {
  const say = useSay()
  const [usual = [], dangerous = []] = groups.map((acts) => acts.filter((one) => 'act' in one))
  // Each choice tells what it is for; the list of them is long, so it comes after what is short.
  const chosen = groups
    .flat()
    .flatMap((one) =>
      'choices' in one ? [one.choices.map(({ name, act }) => ({ name: `${one.name}: ${name}`, act }))] : [],
    )
  return (
    <Menu
      look="edged"
      up
      button={
        <>
          {say('invitations.acts')}
          <ChevronDown aria-hidden />
        </>
      }
    >
      {(close) =>
        [usual, ...chosen, dangerous]
          .filter((entries) => entries.length > 0)
          .map((entries) => <Entries key={entries[0]?.name} name={say('bulk.label')} entries={entries} close={close} />)
      }
    </Menu>
  )
}

type EntriesProps = {
  name: string
  entries: readonly { name: string; isDangerous?: boolean; act: () => void }[]
  close: () => void
}

function Entries({ name, entries, close }: EntriesProps) {
  return (
    <MenuGroup name={name}>
      {entries.map((entry) => (
        <li key={entry.name}>
          <MenuItem
            isDangerous={entry.isDangerous ?? false}
            onClick={() => {
              close()
              entry.act()
            }}
          >
            {entry.name}
          </MenuItem>
        </li>
      ))}
    </MenuGroup>
  )
}
