/** What stands behind the `?` of an address: plain texts by name, such as `?status=blocked&page=2`. */
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback } from 'react'

/** Its values. */
export type Query = Readonly<Record<string, string | undefined>>

/** Reads it. */
export function readQuery(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text))
}

/** Writes it, without what is empty. */
export function writeQuery(values: Record<string, unknown>): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== null && value !== '') query.set(name, String(value))
  }
  const text = query.toString()
  return text === '' ? '' : `?${text}`
}

/** Whether the address before is forgotten, and whether nobody is asked about what is not saved. */
type How = { replace?: boolean; ignoreBlocker?: boolean }

/** The present values, and what changes some of them. A change goes back to the first page of a list. */
export function useQueryState(): [Query, (change: Query, how?: How) => void] {
  const values: Query = useSearch({ strict: false })
  const navigate = useNavigate()
  const change = useCallback(
    (next: Query, { replace = false, ignoreBlocker = false } = {}) => {
      void navigate({
        to: '.',
        search: (before: Query) => ({ ...before, page: undefined, ...next }) as never,
        replace,
        ignoreBlocker,
        resetScroll: false,
      })
    },
    [navigate],
  )
  return [values, change]
}

/** The page of a list, counted from 1. */
export function pageOf(values: Query): number {
  const page = Number(values.page)
  return Number.isInteger(page) && page > 0 ? page : 1
}
