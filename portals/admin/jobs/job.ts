/** Imports and exports as these pages read them. */
import { useQuery } from '@tanstack/react-query'
import { ApiProblem } from '../../shared/api-client.ts'
import type { State } from '../../shared/components/status.tsx'
import { jobs } from '../api/api.ts'
import type { Job } from '../api/types.ts'
import { wordsOf } from '../pieces/problem-words.ts'
import type { TextKey } from '../texts/texts.ts'

const SOON_MS = 1_500

/** Whether the server has still to do with it. */
export function isActive({ status }: Job): boolean {
  return status === 'pending' || status === 'processing'
}

/** TABLE: how a job stands, as a shape. */
export const STATES: Readonly<Record<Job['status'], State>> = {
  pending: 'waiting',
  processing: 'waiting',
  completed: 'ok',
  failed: 'stopped',
}

/** What kind of job it is. */
export function kindOf({ type, dry_run: isTrial }: Job): TextKey {
  if (type === 'users_export') return 'jobs.export'
  return isTrial ? 'jobs.trial' : 'jobs.import'
}

/** The jobs of the organization; read again while one of them goes on. */
export function useJobs(from: string | undefined) {
  return useQuery({
    queryKey: ['jobs', from ?? ''],
    queryFn: () => jobs.list(from),
    refetchInterval: ({ state }) => (state.data?.jobs.some(isActive) ? SOON_MS : false),
  })
}

/** One of them; read again while it goes on. */
export function useJob(id: string | undefined) {
  return useQuery({
    queryKey: ['job', id],
    queryFn: () => jobs.get(id ?? ''),
    enabled: id !== undefined,
    refetchInterval: ({ state }) => (state.data && isActive(state.data) ? SOON_MS : false),
  })
}

/** The first of the rows that failed, once the job has ended. */
export function useFailedRows(job: Job | undefined) {
  const id = job?.id ?? ''
  return useQuery({
    queryKey: ['job-rows', id],
    queryFn: () => jobs.rows(id, { outcome: 'failed', take: 100 }),
    enabled: job !== undefined && !isActive(job) && (job.summary?.failed ?? 0) > 0,
  })
}

/** TABLE: refusals that only jobs know. */
const WORDS: Readonly<Record<number, TextKey>> = { 413: 'jobs.too_large', 429: 'jobs.too_many' }

/** The words for a refusal. */
export function jobWordsOf(error: unknown): TextKey {
  return (error instanceof ApiProblem && WORDS[error.status]) || wordsOf(error)
}
