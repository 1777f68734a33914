/** What was asked of an API, for all pages of a portal. */
import { QueryClient } from '@tanstack/react-query'
import { ApiProblem } from './api-client.ts'

const FRESH_MILLISECONDS = 30_000

/** Makes the store. What failed for want of a connection, or by a fault of the server, is asked once more. */
export function openQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: FRESH_MILLISECONDS,
        retry: (failures, error) =>
          failures < 1 && error instanceof ApiProblem && (error.status === 0 || error.status >= 500),
      },
    },
  })
}
