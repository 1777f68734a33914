import { users } from '../api/api.ts'
import type { Member } from '../api/types.ts'

const PER_PAGE = 100

/** Everybody who fits a query, in its order, page by page. @throws ApiProblem */
export async function listAll(query: { q: string | undefined; sort: string }): Promise<Member[]> {
  const found: Member[] = []
  for (let page = 0; ; page += 1) {
    const { users: next, total } = await users.list({ ...query, page, per_page: PER_PAGE })
    found.push(...next)
    if (next.length < PER_PAGE || found.length >= total) return found
  }
}

/** Everybody who fits a query, in no order, however many they are. @param onProgress how many are read @throws ApiProblem */
export async function listEverybody(q: string | undefined, onProgress: (count: number) => void): Promise<Member[]> {
  const found: Member[] = []
  for (let from: string | undefined; ; ) {
    const part = await users.walk(q, from)
    found.push(...part.users)
    onProgress(found.length)
    if (part.next === undefined) return found
    from = part.next
  }
}
