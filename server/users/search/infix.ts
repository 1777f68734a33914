/**
 * Texts anywhere within a value. `users.search_text` holds what is searched so, one value a line, and has an index of
 * trigrams; it finds those who may fit, and the column itself says who does. Characters beyond ASCII stand in it as
 * escapes (`\303\251`), because the index knows letters by the database's locale, and under C that is ASCII alone.
 */
import { sql } from 'kysely'
import { likeText } from '../../db/like-text.ts'
import type { Sql } from './condition.ts'

/** Users in some of whose searched values the parts stand, one after the other. */
export function mayContain(parts: readonly string[]): Sql {
  const [first = '', ...rest] = parts.map((part) => likeText(escaped(part)))
  return sql`u.search_text like ${`%${[first, ...rest].join('%')}%`}`
}

// As PostgreSQL's encode(…, 'escape').
function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\\\')
    .replace(/[\u0080-\u{10ffff}]+/gu, (characters) =>
      [...Buffer.from(characters)].map((byte) => `\\${byte.toString(8)}`).join(''),
    )
}
