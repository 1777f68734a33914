/** What can be done with the chosen members, and what came of it. */
import { Button } from '@mantine/core'
import { ChevronDown, X } from 'lucide-react'
import { useState } from 'react'
import { Menu, MenuGroup, MenuItem } from '../../shared/components/menu.tsx'
import { showToast } from '../../shared/components/toasts.tsx'
import { useMay } from '../access.ts'
import type { RoleName } from '../api/types.ts'
import { useRoles } from '../data.ts'
import { Banner } from '../pieces/banner.tsx'
import { wordsOf } from '../pieces/problem-words.ts'
import { useSay } from '../texts/texts.ts'
import { useNumber } from '../use-number.ts'
import type { BulkRun } from './bulk.ts'
import { BulkDialog, type BulkPlan } from './bulk-dialog.tsx'
import { listEverybody } from './every-member.ts'
import { useExport } from './export.ts'
import classes from './members.module.css'
import { Outcomes, OutcomesFile } from './outcomes.tsx'
import type { MemberSelection } from './use-selection.ts'

/** Draws it. */
export function BulkArea({ selection, query, total, shown }: BulkAreaProps) {
  const say = useSay()
  const [plan, setPlan] = useState<BulkPlan>()
  const [result, setResult] = useState<{ plan: BulkPlan; of: BulkRun }>()
  const { exportRows } = useExport(shown)
  const done = (of: BulkRun) => {
    if (plan) setResult({ plan, of })
    setPlan(undefined)
    // Whoever was not reached stays at hand.
    selection.keep(of.unreached)
    document.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true })
  }
  const left = result ? result.of.results.filter(({ outcome }) => outcome !== 'done') : []
  return (
    <>
      {result && (
        <Banner
          tone={result.of.done > 0 && !result.of.ending ? 'ok' : 'warn'}
          onClose={() => setResult(undefined)}
          more={
            <>
              <Outcomes results={left} plan={result.plan} />
              <OutcomesFile results={result.of.results} plan={result.plan} />
            </>
          }
          moreName={left.length > 0 ? say('bulk.see_left', { count: left.length }) : ''}
        >
          <strong>
            {say(`bulk.${result.plan.action}_done`, { count: result.of.done, total: result.plan.members.length })}
          </strong>{' '}
          {left.length > 0 && say('bulk.left', { count: left.length })}{' '}
          {result.of.ending && say(`bulk.ended_${result.of.ending}`, { count: result.of.unreached.length })}
        </Banner>
      )}
      {selection.members.size > 0 && (
        <BulkBar
          selection={selection}
          query={query}
          total={total}
          onPlan={(next) => {
            setResult(undefined)
            setPlan(next)
          }}
          onExport={() => void exportRows(query, [...selection.members.values()])}
        />
      )}
      {plan && <BulkDialog plan={plan} onClose={() => setPlan(undefined)} onDone={done} />}
    </>
  )
}

type BulkAreaProps = {
  selection: MemberSelection
  query: { q: string | undefined; sort: string }
  total: number
  shown: ReadonlySet<string>
}

type BulkBarProps = Pick<BulkAreaProps, 'selection' | 'query' | 'total'> & {
  onPlan: (plan: BulkPlan) => void
  onExport: () => void
}

function BulkBar({ selection, query, total, onPlan, onExport }: BulkBarProps) {
  const say = useSay()
  const may = useMay()
  const format = useNumber()
  const [read, setRead] = useState<number>()
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
        {say('bulk.selected', { count: members.length })}
      </span>
      {members.length < total && (
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
      <span className={classes.rule} aria-hidden="true" />
      <RoleMenus onPlan={plan} />
      {may('create:user_tickets') && (
        <Button onClick={() => plan('send_password_reset')}>{say('bulk.send_password_reset')}</Button>
      )}
      {may('update:users') && blocked > 0 && <Button onClick={() => plan('unblock')}>{say('bulk.unblock')}</Button>}
      <Button onClick={onExport}>{say('bulk.export')}</Button>
      {may('update:users', 'delete:organization_members') && <span className={classes.rule} aria-hidden="true" />}
      {may('update:users') && open > 0 && (
        <Button variant="danger" onClick={() => plan('block')}>
          {say('bulk.block', { count: open })}
        </Button>
      )}
      {may('delete:organization_members') && (
        <Button variant="danger" onClick={() => plan('remove')}>
          {say('bulk.remove')}
        </Button>
      )}
      <button type="button" className={classes.closeBulk} onClick={selection.clear} aria-label={say('bulk.clear')}>
        <X aria-hidden />
      </button>
    </section>
  )
}

/** Roles to give and to take. */
function RoleMenus({ onPlan }: { onPlan: (action: BulkPlan['action'], more: Partial<BulkPlan>) => void }) {
  const say = useSay()
  const may = useMay()
  const { data: roles = [] } = useRoles()
  const offer = (action: 'assign_roles' | 'withdraw_roles', role: RoleName) =>
    onPlan(action, { roles: [role.id], roleName: role.name })
  const kinds = [
    ...(may('create:organization_member_roles') ? (['assign_roles'] as const) : []),
    ...(may('delete:organization_member_roles') ? (['withdraw_roles'] as const) : []),
  ]
  if (roles.length === 0) return null
  return kinds.map((action) => (
    <Menu
      key={action}
      look="edged"
      up
      button={
        <>
          {say(`bulk.${action}`)}
          <ChevronDown aria-hidden />
        </>
      }
    >
      {(close) => (
        <MenuGroup name={say(`bulk.${action}`)}>
          {roles.map((role) => (
            <li key={role.id}>
              <MenuItem
                onClick={() => {
                  close()
                  offer(action, role)
                }}
              >
                {role.name}
              </MenuItem>
            </li>
          ))}
        </MenuGroup>
      )}
    </Menu>
  ))
}
