/** Who has not accepted the version in effect; each name leads to the member. */
import { Link } from '@tanstack/react-router'
import { Loaded } from '../../shared/components/page.tsx'
import { RecordSection, Row, Rows } from '../../shared/components/record-section.tsx'
import { SkeletonLines } from '../../shared/components/skeleton.tsx'
import { useMay } from '../access.ts'
import type { PendingPerson, Terms } from '../api/types.ts'
import { nameOf } from '../data.ts'
import { BeyondLast } from '../pieces/beyond-last.tsx'
import { Pager } from '../pieces/pager.tsx'
import { pageOf, useQueryState } from '../search.ts'
import { useSay } from '../texts/texts.ts'
import { usePending, useTermsSummary } from './data.ts'
import { RemindAct } from './remind.tsx'
import classes from './terms.module.css'

const PER_PAGE = 10

/** Draws it. */
export function PendingSection({ terms }: { terms: Terms }) {
  const say = useSay()
  const may = useMay()
  const { id, required } = terms
  const summary = useTermsSummary(id)
  const { current_version: version = 0, pending = 0 } = summary.data ?? {}
  return (
    <RecordSection
      title={say('terms.pending')}
      note={pending > 0 && say('terms.pending_note', { count: pending, version })}
    >
      <Loaded query={summary} what={say('terms.pending_what')} skeleton={<SkeletonLines count={3} />}>
        {() =>
          version === 0 || pending === 0 ? (
            <p className={classes.quiet}>
              {version === 0 ? say('terms.pending_nobody') : say('terms.pending_none', { version })}
            </p>
          ) : (
            <>
              <PendingList id={id} />
              {required && may('update:terms') && <RemindAct terms={terms} pending={pending} />}
            </>
          )
        }
      </Loaded>
    </RecordSection>
  )
}

function PendingList({ id }: { id: string }) {
  const say = useSay()
  const [values, change] = useQueryState()
  const page = pageOf(values)
  const pending = usePending(id, page - 1, PER_PAGE)
  return (
    <Loaded query={pending} what={say('terms.pending_what')} skeleton={<SkeletonLines count={3} />}>
      {({ users, total }) =>
        users.length === 0 && page > 1 ? (
          <BeyondLast last={Math.max(1, Math.ceil(total / PER_PAGE))} />
        ) : (
          <>
            <Rows>
              {users.map((person) => (
                <PersonRow key={person.user_id} person={person} />
              ))}
            </Rows>
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
  )
}

function PersonRow({ person }: { person: PendingPerson }) {
  const say = useSay()
  const { user_id: id, name, email, accepted_version: before } = person
  const notes = [name ? email : '', before ? say('terms.pending_before', { version: before }) : ''].filter(Boolean)
  return (
    <Row
      title={
        <Link to="/members/$userId" params={{ userId: id }} className={classes.title}>
          <bdi>{nameOf(person)}</bdi>
        </Link>
      }
      note={notes.join(' · ')}
    />
  )
}
