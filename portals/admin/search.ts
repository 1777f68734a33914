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

/** The present values, and what changes some of them. A change goes back to the first page of a list. */
export function useQueryState(): [Query, (change: Query, how?: { replace?: boolean }) => void] {
  const values: Query = useSearch({ strict: false })
  const navigate = useNavigate()
  const change = useCallback(
    (next: Query, { replace = false } = {}) => {
      void navigate({
        to: '.',
        search: (before: Query) => ({ ...before, page: undefined, ...next }) as never,
        replace,
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
