/** Terms and consents, as the pages know them: what is asked of the person, what was said to it, and saying it. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { ApiProblem } from '../shared/api-client.ts'
import { type Language, presentLanguage } from '../shared/language.ts'
import { useLanguage } from '../shared/use-language.ts'
import { type Acceptance, api, type OwnTerms } from './api.ts'
import { queries } from './profile.ts'

const LIST = ['terms', 'list']
const HISTORY = ['terms', 'history']

/** What is asked of the person, in the language of the portal where it is written in it. */
export function useTerms() {
  const language = useLanguage()
  return useQuery({ queryKey: [...LIST, language], queryFn: () => api.terms(language) })
}

/** What the person has said, page by page, the newest first. */
export function useHistory() {
  return useInfiniteQuery({
    queryKey: HISTORY,
    queryFn: ({ pageParam }) => api.acceptances(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
  })
}

/** The text to which something was said, which never changes. @param isAsked whether it is to be read now */
export function useVersionOf(acceptance: Acceptance, isAsked: boolean) {
  const { terms_id: id, version, language } = acceptance
  return useQuery({
    queryKey: ['terms', 'version', id, version, language],
    queryFn: () => api.termsVersion(acceptance),
    staleTime: Number.POSITIVE_INFINITY,
    enabled: isAsked,
  })
}

/** Whether nobody gets in without them, once their deadline is over, and they are not accepted. */
export function isStillRequired({ required, status }: OwnTerms): boolean {
  return required && status !== 'accepted'
}

/** Whether they can be put off no more. */
export function isDue({ deadline_at: deadline }: OwnTerms): boolean {
  return Date.parse(deadline) <= Date.now()
}

/**
 * Says yes or no to what was read. What has another version by now, or is asked no more, is loaded anew.
 * @throws ApiProblem with nothing recorded
 */
export async function answerTerms(terms: OwnTerms, accepted: boolean): Promise<void> {
  try {
    keep(await api.answerTerms(terms, accepted), presentLanguage())
  } catch (error) {
    if (isOutdated(error)) await queries.invalidateQueries({ queryKey: LIST })
    throw error
  }
  await queries.invalidateQueries({ queryKey: HISTORY })
}

/** Whether somebody was shown something else than what is asked now. */
export function isOutdated(error: unknown): error is ApiProblem {
  return error instanceof ApiProblem && ['terms_changed', 'inexistent_terms'].includes(error.code)
}

function keep(answered: OwnTerms, language: Language): void {
  queries.setQueryData<OwnTerms[]>([...LIST, language], (list) =>
    list?.map((one) => (one.id === answered.id ? answered : one)),
  )
  // In other languages it is asked for when they are chosen.
  void queries.invalidateQueries({ queryKey: LIST, refetchType: 'none' })
}
