import { useEffect } from 'react'
import { useQueryState } from '../search.ts'

/**
 * Stands where a list would, on a page behind its last one: removals lead there, and old addresses. It leads to the last.
 *
 * @param last counted from 1
 */
export function BeyondLast({ last }: { last: number }) {
  const [, change] = useQueryState()
  useEffect(() => {
    change({ page: last === 1 ? undefined : String(last) }, { replace: true })
  }, [change, last])
  return null
}
