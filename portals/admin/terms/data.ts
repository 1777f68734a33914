/** What the pages of terms ask the API for. */
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useMay } from '../access.ts'
import { type TermsQuery, terms } from '../api/api.ts'
import type { Acceptance } from '../api/types.ts'
import './add-texts.ts'
import { useTitle } from './words.ts'

const VERSIONS_PER_PAGE = 10

/** A page of the list. */
export function useTermsList(query: TermsQuery) {
  return useQuery({
    queryKey: ['terms', 'list', query],
    queryFn: () => terms.list(query),
    placeholderData: keepPreviousData,
  })
}

/** How many have accepted each of the same page, by id; nothing for whoever may not know. */
export function useTermsCounts(query: TermsQuery) {
  const may = useMay()
  return useQuery({
    queryKey: ['terms', 'counts', query],
    queryFn: async () => new Map((await terms.counts(query)).map((one) => [one.terms_id, one])),
    enabled: may('read:terms_acceptances'),
  })
}

/** One of them. */
export function useTerms(id: string) {
  return useQuery({ queryKey: ['terms', 'one', id], queryFn: () => terms.get(id) })
}

/** Its versions, the newest first, ten at a time. */
export function useVersions(id: string) {
  return useInfiniteQuery({
    queryKey: ['terms', 'versions', id],
    queryFn: ({ pageParam }) => terms.versions(id, pageParam, VERSIONS_PER_PAGE),
    initialPageParam: 0,
    getNextPageParam: ({ total }, pages) => (pages.length * VERSIONS_PER_PAGE < total ? pages.length : undefined),
  })
}

/** Who has said what, for whoever may know. */
export function useTermsSummary(id: string) {
  const may = useMay()
  return useQuery({
    queryKey: ['terms', 'summary', id],
    queryFn: () => terms.summary(id),
    enabled: may('read:terms_acceptances'),
  })
}

/** A page of those who have not accepted. */
export function usePending(id: string, page: number, perPage: number) {
  return useQuery({
    queryKey: ['terms', 'pending', id, page, perPage],
    queryFn: () => terms.pending(id, page, perPage),
    placeholderData: keepPreviousData,
  })
}

/** What a member has said, the newest first. */
export function useAcceptances(userId: string) {
  return useInfiniteQuery({
    queryKey: ['terms', 'of', userId],
    queryFn: ({ pageParam }) => terms.ofUser(userId, pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
  })
}

/** What names the terms of an acceptance: of the first hundred, for whoever may read them. */
export function useTermsTitles(): (acceptance: Pick<Acceptance, 'terms_id' | 'terms_name'>) => string {
  const may = useMay()
  const titleOf = useTitle()
  const query = { page: 0, per_page: 100 }
  const { data } = useQuery({
    queryKey: ['terms', 'list', query],
    queryFn: () => terms.list(query),
    enabled: may('read:terms'),
  })
  const known = new Map(data?.terms.map((one) => [one.id, one]))
  return ({ terms_id: id, terms_name: name }) => titleOf(known.get(id) ?? { name })
}
