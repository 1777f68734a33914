/** What happened to a member, and what the member did. */
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Loaded } from '../../shared/components/page.tsx'
import { SkeletonLines } from '../../shared/components/skeleton.tsx'
import { users } from '../api/api.ts'
import type { Member } from '../api/types.ts'
import { EmptyPage } from '../pieces/empty-page.tsx'
import { Ledger } from '../pieces/ledger.tsx'
import { Pager } from '../pieces/pager.tsx'
import { pageOf, useQueryState } from '../search.ts'
import { useSay } from '../texts/texts.ts'

const PER_PAGE = 50

/** Draws it. */
export function ActivityTab({ member: { user_id: id } }: { member: Member }) {
  const say = useSay()
  const [values, change] = useQueryState()
  const page = pageOf(values)
  const entries = useQuery({
    queryKey: ['member-logs', id, page],
    queryFn: () => users.logs(id, page - 1, PER_PAGE),
    placeholderData: keepPreviousData,
  })
  return (
    <Loaded query={entries} what={say('activity.what')} skeleton={<SkeletonLines count={6} />}>
      {({ logs, total }) =>
        logs.length === 0 ? (
          <EmptyPage title={say('activity.none')} text={say('activity.none_member')} />
        ) : (
          <>
            <Ledger entries={logs} isOfOnePerson />
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
