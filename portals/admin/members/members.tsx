/** The members: found, sorted, chosen, and acted upon together. What is shown stands in the address. */
import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { Download, ListFilter, MailPlus, UserPlus } from 'lucide-react'
import { useState } from 'react'
import { Loaded, Page } from '../../shared/components/page.tsx'
import { SkeletonLines } from '../../shared/components/skeleton.tsx'
import { useMay } from '../access.ts'
import type { Member, MemberPage } from '../api/types.ts'
import { nameOf, useCanCreate, useMembers, useOrganizationName } from '../data.ts'
import { BeyondLast } from '../pieces/beyond-last.tsx'
import { DataTable, useNarrow } from '../pieces/data-table.tsx'
import { EmptyPage } from '../pieces/empty-page.tsx'
import { FilterBar, SearchBox } from '../pieces/filter.tsx'
import { Guarded } from '../pieces/guarded.tsx'
import { Pager } from '../pieces/pager.tsx'
import { pageOf, useQueryState } from '../search.ts'
import { useSay } from '../texts/texts.ts'
import { BulkArea } from './bulk-area.tsx'
import { MemberCard, useColumns, useShownColumns } from './columns.tsx'
import { useExport } from './export.ts'
import { ColumnChooser, MemberFilters, Views } from './filters.tsx'
import classes from './members.module.css'
import { isFiltered, membersQuery, sortOf } from './query.ts'
import { useSelection } from './use-selection.ts'

const PER_PAGE = 50

/** Draws them. */
export function Members() {
  const say = useSay()
  return (
    <Guarded title={say('nav.members')} rights={['read:users']}>
      <MembersPage />
    </Guarded>
  )
}

function MembersPage() {
  const say = useSay()
  const organization = useOrganizationName()
  const [values, change] = useQueryState()
  const [shown, chooseColumn] = useShownColumns()
  const [openedAt] = useState(() => Date.now())
  const [areFiltersOpen, setFiltersOpen] = useState(false)
  const isNarrow = useNarrow()
  const query = { q: membersQuery(values, openedAt), sort: sortOf(values) }
  const members = useMembers({ ...query, page: pageOf(values) - 1, perPage: PER_PAGE })
  return (
    <Page title={say('nav.members')} lead={say('members.lead', { organization })} acts={<HeadActs />}>
      <FilterBar
        search={
          <>
            <SearchBox
              label={say('members.search')}
              value={values.text ?? ''}
              onSearch={(text) => change({ text: text || undefined }, { replace: true })}
            />
            {isNarrow && (
              <Button
                aria-label={say('list.filters')}
                aria-expanded={areFiltersOpen}
                onClick={() => setFiltersOpen(!areFiltersOpen)}
              >
                <ListFilter aria-hidden />
              </Button>
            )}
          </>
        }
        isOpen={!isNarrow || areFiltersOpen || isFiltered({ ...values, text: undefined })}
        end={
          (!isNarrow || areFiltersOpen) && (
            <>
              <Views values={values} onOpen={(view) => change({ ...CLEARED, ...view })} />
              {!isNarrow && <ColumnChooser shown={shown} onChoose={chooseColumn} />}
              <ExportButton query={query} shown={shown} />
            </>
          )
        }
      >
        <MemberFilters values={values} onChange={change} />
      </FilterBar>
      <Loaded query={members} what={say('members.list')} skeleton={<SkeletonLines count={8} />}>
        {(page) =>
          page.total === 0 ? (
            <NoMembers isFiltered={isFiltered(values)} onClear={() => change(CLEARED)} />
          ) : page.users.length === 0 ? (
            <BeyondLast last={Math.ceil(page.total / PER_PAGE)} />
          ) : (
            <MemberList page={page} query={query} shown={shown} isStale={members.isPlaceholderData} />
          )
        }
      </Loaded>
    </Page>
  )
}

/** The ways in which somebody becomes a member. */
function HeadActs() {
  const say = useSay()
  const may = useMay()
  const canCreate = useCanCreate()
  return (
    <>
      {canCreate && (
        <Button leftSection={<UserPlus aria-hidden />} renderRoot={(props) => <Link to="/members/new" {...props} />}>
          {say('new.act')}
        </Button>
      )}
      {may('create:organization_invitations') && (
        <Button
          variant="filled"
          leftSection={<MailPlus aria-hidden />}
          renderRoot={(props) => <Link to="/invitations" search={{ invite: 'one' } as never} {...props} />}
        >
          {say('members.invite')}
        </Button>
      )}
    </>
  )
}

const CLEARED = { text: undefined, role: undefined, status: undefined, seen: undefined, sort: undefined }

type ListProps = {
  page: MemberPage
  query: { q: string | undefined; sort: string }
  shown: ReadonlySet<string>
  isStale: boolean
}

function MemberList({ page: { users, total }, query, shown, isStale }: ListProps) {
  const say = useSay()
  const [values, change] = useQueryState()
  const columns = useColumns(shown)
  const isNarrow = useNarrow()
  const selection = useSelection()
  const mayAct = useMayActOnMany()
  const [isPicking, setPicking] = useState(false)
  const turnTo = (page: number) => change({ page: page === 1 ? undefined : String(page) })
  const isSelecting = mayAct && (!isNarrow || isPicking || selection.members.size > 0)
  return (
    <>
      {isNarrow && (
        <div className={classes.listHead}>
          <span>{say('members.count', { count: total })}</span>
          {mayAct && (
            <button type="button" className={classes.textButton} onClick={() => setPicking(!isPicking)}>
              {say(isPicking ? 'members.stop_picking' : 'members.pick')}
            </button>
          )}
        </div>
      )}
      <DataTable<Member>
        name={say('nav.members')}
        rows={users}
        columns={columns}
        idOf={({ user_id: id }) => id}
        nameOf={nameOf}
        card={(member) => <MemberCard member={member} />}
        sort={query.sort}
        onSort={(sort) => change({ sort })}
        selection={isSelecting ? selection : undefined}
        isStale={isStale}
      />
      <Pager page={pageOf(values)} perPage={PER_PAGE} total={total} onTurn={turnTo} />
      <BulkArea selection={selection} query={query} total={total} shown={shown} />
    </>
  )
}

function ExportButton({ query, shown }: Pick<ListProps, 'query' | 'shown'>) {
  const say = useSay()
  const { isExporting, exportRows } = useExport(shown)
  return (
    <Button
      variant="subtle"
      className={classes.export}
      leftSection={<Download aria-hidden />}
      loading={isExporting}
      onClick={() => void exportRows(query)}
    >
      {say('list.export')}
    </Button>
  )
}

/** Whether there is anything that the person may do with several members. */
function useMayActOnMany(): boolean {
  const may = useMay()
  return may(
    'update:users',
    'create:user_tickets',
    'delete:organization_members',
    'create:organization_member_roles',
    'delete:organization_member_roles',
  )
}

function NoMembers({ isFiltered, onClear }: { isFiltered: boolean; onClear: () => void }) {
  const say = useSay()
  return isFiltered ? (
    <EmptyPage title={say('members.none_match')} text={say('members.none_match_text')}>
      <Button onClick={onClear}>{say('list.clear')}</Button>
    </EmptyPage>
  ) : (
    <EmptyPage title={say('members.none')} text={say('members.none_text')} />
  )
}
