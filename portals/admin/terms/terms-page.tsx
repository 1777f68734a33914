/** The terms and consents of the organization: those in use, or those that are retired. */
import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { Archive, FilePlus } from 'lucide-react'
import { Loaded, Page } from '../../shared/components/page.tsx'
import { SkeletonLines } from '../../shared/components/skeleton.tsx'
import { useMay } from '../access.ts'
import type { TermsQuery } from '../api/api.ts'
import type { Terms, TermsCounts } from '../api/types.ts'
import { useOrganizationName } from '../data.ts'
import { BeyondLast } from '../pieces/beyond-last.tsx'
import { type Column, DataTable } from '../pieces/data-table.tsx'
import { EmptyPage } from '../pieces/empty-page.tsx'
import { FilterBar } from '../pieces/filter.tsx'
import { Guarded } from '../pieces/guarded.tsx'
import { Pager } from '../pieces/pager.tsx'
import { pageOf, useQueryState } from '../search.ts'
import { useSay } from '../texts/texts.ts'
import { useTermsCounts, useTermsList } from './data.ts'
import { InEffect } from './in-effect.tsx'
import classes from './terms.module.css'
import { useTitle } from './words.ts'

const PER_PAGE = 25

/** Draws them. */
export function TermsPage() {
  const say = useSay()
  return (
    <Guarded title={say('nav.terms')} rights={['read:terms']}>
      <TermsList />
    </Guarded>
  )
}

function TermsList() {
  const say = useSay()
  const may = useMay()
  const organization = useOrganizationName()
  const [values, change] = useQueryState()
  const page = pageOf(values)
  const isRetired = values.status === 'retired'
  const query: TermsQuery = { retired: isRetired ? 'true' : 'false', page: page - 1, per_page: PER_PAGE }
  const list = useTermsList(query)
  return (
    <Page
      title={say('nav.terms')}
      lead={say('terms.lead', { organization })}
      acts={may('create:terms') && <NewButton isFilled />}
    >
      <FilterBar>
        <Button
          variant={isRetired ? 'default' : 'subtle'}
          aria-pressed={isRetired}
          className={classes.toggle}
          leftSection={<Archive aria-hidden />}
          onClick={() => change({ status: isRetired ? undefined : 'retired' })}
        >
          {say('terms.retired_ones')}
        </Button>
      </FilterBar>
      <Loaded query={list} what={say('terms.list')} skeleton={<SkeletonLines count={4} />}>
        {({ terms, total }) =>
          terms.length > 0 ? (
            <>
              <TermsTable rows={terms} query={query} isStale={list.isPlaceholderData} />
              <Pager
                page={page}
                perPage={PER_PAGE}
                total={total}
                onTurn={(next) => change({ page: next === 1 ? undefined : String(next) })}
              />
            </>
          ) : page > 1 ? (
            <BeyondLast last={Math.max(1, Math.ceil(total / PER_PAGE))} />
          ) : isRetired ? (
            <EmptyPage title={say('terms.none_retired')} text={say('terms.none_retired_text')} />
          ) : (
            <EmptyPage title={say('terms.none')} text={say('terms.none_text', { organization })}>
              {may('create:terms') && <NewButton />}
            </EmptyPage>
          )
        }
      </Loaded>
    </Page>
  )
}

function NewButton({ isFilled = false }: { isFilled?: boolean }) {
  const say = useSay()
  return (
    <Button
      variant={isFilled ? 'filled' : 'default'}
      leftSection={<FilePlus aria-hidden />}
      renderRoot={(props) => <Link to="/terms/new" {...props} />}
    >
      {say('terms.new')}
    </Button>
  )
}

type TableProps = { rows: readonly Terms[]; query: TermsQuery; isStale: boolean }

function TermsTable({ rows, query, isStale }: TableProps) {
  const say = useSay()
  const may = useMay()
  const titleOf = useTitle()
  const { data: counts } = useTermsCounts(query)
  const kindOf = ({ required }: Terms) => say(required ? 'terms.required' : 'terms.voluntary')
  const columns: Column<Terms>[] = [
    { id: 'title', name: say('terms.title'), cell: (terms) => <TitleLink terms={terms} /> },
    { id: 'kind', name: say('terms.kind'), quiet: true, cell: kindOf },
    { id: 'version', name: say('terms.version'), end: true, cell: (terms) => String(terms.latest_version || '–') },
    { id: 'effect', name: say('terms.effect'), cell: (terms) => <InEffect terms={terms} /> },
  ]
  const accepted: Column<Terms> = {
    id: 'accepted',
    name: say('terms.accepted'),
    end: true,
    cell: (terms) => <Accepted terms={terms} counts={counts?.get(terms.id)} />,
  }
  return (
    <DataTable<Terms>
      name={say('nav.terms')}
      rows={rows}
      columns={may('read:terms_acceptances') ? [...columns, accepted] : columns}
      idOf={({ id }) => id}
      nameOf={titleOf}
      isStale={isStale}
      card={(terms) => (
        <div className={classes.card}>
          <TitleLink terms={terms} />
          <span className={classes.quiet}>
            {kindOf(terms)}
            {terms.latest_version > 0 && ` · ${say('terms.version_number', { version: terms.latest_version })}`}
          </span>
          <InEffect terms={terms} />
          {counts?.has(terms.id) && terms.latest_version > 0 && (
            <span>
              {say('terms.accepted')}: <Accepted terms={terms} counts={counts.get(terms.id)} />
            </span>
          )}
        </div>
      )}
    />
  )
}

function TitleLink({ terms }: { terms: Terms }) {
  const title = useTitle()(terms)
  return (
    <Link to="/terms/$termsId" params={{ termsId: terms.id }} className={classes.title} data-opens>
      <span className="few-lines" title={title}>
        {title}
      </span>
    </Link>
  )
}

function Accepted({ terms, counts }: { terms: Terms; counts: TermsCounts | undefined }) {
  const say = useSay()
  if (!counts || terms.latest_version === 0) return null
  const { current_version: current, people, pending } = counts
  if (current === 0) return <span className={classes.quiet}>{say('terms.nobody_asked')}</span>
  return say('terms.accepted_of', { count: people - pending, total: people })
}
