import { users } from '../api/api.ts'
import type { Member } from '../api/types.ts'

const PER_PAGE = 100

/** Everybody who fits a query, page by page. @throws ApiProblem */
export async function listAll(query: { q: string | undefined; sort: string }): Promise<Member[]> {
  const found: Member[] = []
  for (let page = 0; ; page += 1) {
    const { users: next, total } = await users.list({ ...query, page, per_page: PER_PAGE })
    found.push(...next)
    if (next.length < PER_PAGE || found.length >= total) return found
  }
}
