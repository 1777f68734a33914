/** What happened in the organization: filtered by what stands in the address, and to be taken along as a file. */
import { Button } from '@mantine/core'
import { Download } from 'lucide-react'
import { useState } from 'react'
import { useClock } from '../../shared/components/moment.tsx'
import { Loaded, Page } from '../../shared/components/page.tsx'
import { SkeletonLines } from '../../shared/components/skeleton.tsx'
import { showToast } from '../../shared/components/toasts.tsx'
import { csvOf } from '../../shared/csv.ts'
import { saveFile } from '../../shared/save-file.ts'
import { logs } from '../api/api.ts'
import type { LogEntry } from '../api/types.ts'
import { useLogs, useOrganizationName } from '../data.ts'
import { BeyondLast } from '../pieces/beyond-last.tsx'
import { EmptyPage } from '../pieces/empty-page.tsx'
import { targetIdOf } from '../pieces/entry-target.ts'
import { FilterBar, SearchBox } from '../pieces/filter.tsx'
import { Guarded } from '../pieces/guarded.tsx'
import { Ledger } from '../pieces/ledger.tsx'
import { Pager } from '../pieces/pager.tsx'
import { wordsOf } from '../pieces/problem-words.ts'
import { pageOf, useQueryState } from '../search.ts'
import { useSay } from '../texts/texts.ts'
import { ActivityFilters } from './filters.tsx'
import { activityQuery, isFiltered, NO_FILTERS } from './query.ts'

const PER_PAGE = 50
const MOST_EXPORTED = 10_000

/** Draws it. */
export function Activity() {
  const say = useSay()
  return (
    <Guarded title={say('nav.activity')} rights={['read:logs', 'read:logs_users']}>
      <ActivityPage />
    </Guarded>
  )
}

function ActivityPage() {
  const say = useSay()
  const organization = useOrganizationName()
  const { zone } = useClock()
  const [values, change] = useQueryState()
  const [openedAt] = useState(() => Date.now())
  const q = activityQuery(values, { now: openedAt, zone })
  const page = pageOf(values)
  const entries = useLogs({ q, page: page - 1, perPage: PER_PAGE })
  const { isExporting, exportAll } = useExport(q)
  return (
    <Page
      title={say('nav.activity')}
      lead={say('activity.lead', { organization })}
      acts={
        (entries.data?.total ?? 0) > 0 && (
          <Button leftSection={<Download aria-hidden />} loading={isExporting} onClick={() => void exportAll()}>
            {say('activity.export')}
          </Button>
        )
      }
    >
      <FilterBar
        search={
          <SearchBox
            label={say('activity.search')}
            value={values.text ?? ''}
            onSearch={(text) => change({ text: text || undefined }, { replace: true })}
          />
        }
        end={entries.data && <span role="status">{say('activity.entries', { count: entries.data.total })}</span>}
      >
        <ActivityFilters values={values} onChange={change} />
      </FilterBar>
      <Loaded query={entries} what={say('activity.what')} skeleton={<SkeletonLines count={8} />}>
        {({ logs: list, total }) =>
          list.length === 0 && total > 0 ? (
            <BeyondLast last={Math.ceil(total / PER_PAGE)} />
          ) : list.length === 0 ? (
            <NoEntries isFiltered={isFiltered(values)} onClear={() => change(NO_FILTERS)} />
          ) : (
            <>
              <Ledger entries={list} />
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
    </Page>
  )
}

function NoEntries({ isFiltered, onClear }: { isFiltered: boolean; onClear: () => void }) {
  const say = useSay()
  if (!isFiltered) return <EmptyPage title={say('activity.none')} text={say('activity.none_text')} />
  return (
    <EmptyPage title={say('activity.none_match')} text={say('activity.none_match_text')}>
      <Button onClick={onClear}>{say('list.clear')}</Button>
    </EmptyPage>
  )
}

/** Takes along what the filters leave. */
function useExport(q: string | undefined) {
  const say = useSay()
  const [isExporting, setExporting] = useState(false)
  const exportAll = async () => {
    setExporting(true)
    try {
      const { entries, total } = await everyEntry(q)
      saveFile('activity.csv', csvOf([HEAD, ...entries.map(rowOf)]))
      const [count, isWhole] = [entries.length, entries.length >= total]
      showToast(
        isWhole
          ? { text: say('list.exported', { count }) }
          : { text: say('activity.exported_part', { count, total }), isProblem: true },
      )
    } catch (error) {
      showToast({ text: say(wordsOf(error)), isProblem: true })
    } finally {
      setExporting(false)
    }
  }
  return { isExporting, exportAll }
}

const HEAD = [
  'date',
  'type',
  'description',
  'operation',
  'actor_id',
  'user_id',
  'user_name',
  'application',
  'ip',
  'log_id',
]

function rowOf(entry: LogEntry): string[] {
  const { date, type, description, details, user_name, client_name, ip, log_id } = entry
  const actor = details?.request?.auth?.user?.user_id
  const cells = [
    date,
    type,
    description,
    details?.operation,
    actor,
    targetIdOf(entry),
    user_name,
    client_name,
    ip,
    log_id,
  ]
  return cells.map((cell) => cell ?? '')
}

/** Entries up to now: while they are read new ones come, and would move the rest from page to page. */
async function everyEntry(q: string | undefined): Promise<{ entries: LogEntry[]; total: number }> {
  const upToNow = [q && `(${q})`, `date:[* TO ${new Date().toISOString()}]`].filter(Boolean).join(' AND ')
  const entries: LogEntry[] = []
  for (let page = 0; ; page += 1) {
    const { logs: next, total } = await logs.list({ q: upToNow, page, per_page: 100 })
    entries.push(...next)
    if (next.length < 100 || entries.length >= MOST_EXPORTED) return { entries, total }
  }
}
