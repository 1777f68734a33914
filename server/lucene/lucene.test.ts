import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseQuery } from './parse.ts'
import { type Query, QueryFault } from './query.ts'

/** The tree in a short form of its own: `(or name="a" (not blocked="true"))`. */
function shown(query: Query): string {
  if (query.kind === 'everything') return '*'
  if (query.kind === 'exists') return `${query.field.name}?`
  if (query.kind === 'not') return `(not ${shown(query.of)})`
  if (query.kind !== 'term') return `(${query.kind} ${query.of.map(shown).join(' ')})`
  const { field, value } = query
  const name = field?.name ?? ''
  if (value.kind === 'text') return `${name}=${value.isQuoted ? `"${value.text}"` : value.text}`
  if (value.kind === 'pattern') return `${name}~${value.parts.join('*')}`
  const end = (bound: typeof value.from) => (bound ? `${bound.text}${bound.isIncluded ? '' : '!'}` : '')
  return `${name}[${end(value.from)},${end(value.to)}]`
}

// TABLE: a query, and what it means.
const READ: readonly [string, string][] = [
  ['name:ann', 'name=ann'],
  ['  name:ann  ', 'name=ann'],
  ['name: ann', 'name=ann'],
  ['name:"Ann Lee"', 'name="Ann Lee"'],
  ['name:Ann\\ Lee', 'name=Ann Lee'],
  ['name:"a \\"b\\" \\\\ c"', 'name="a "b" \\ c"'],
  ['ann', '=ann'],
  ['"ann lee"', '="ann lee"'],
  ['user_id:"auth0|5f7c8ec7c33c6c004bbafe82"', 'user_id="auth0|5f7c8ec7c33c6c004bbafe82"'],
  ['user_id:auth0|5f7', 'user_id=auth0|5f7'],
  ['a:1 AND b:2 OR c:3', '(or (and a=1 b=2) c=3)'],
  ['a:1 OR b:2 AND c:3', '(or a=1 (and b=2 c=3))'],
  ['(a:1 OR b:2) AND c:3', '(and (or a=1 b=2) c=3)'],
  ['a:1 && b:2 || c:3', '(or (and a=1 b=2) c=3)'],
  ['a:1&&b:2||c:3', '(or (and a=1 b=2) c=3)'],
  ['a:1 b:2', '(or a=1 b=2)'],
  ['NOT a:1', '(not a=1)'],
  ['!a:1', '(not a=1)'],
  ['-a:1', '(not a=1)'],
  ['a:1 -b:2', '(and a=1 (not b=2))'],
  ['a:1 NOT b:2', '(and a=1 (not b=2))'],
  ['a:1 AND NOT b:2', '(and a=1 (not b=2))'],
  ['+a:1 b:2', 'a=1'],
  ['+a:1 +b:2 -c:3', '(and a=1 b=2 (not c=3))'],
  ['NOT _exists_:logins_count OR logins_count:0', '(or (not logins_count?) logins_count=0)'],
  ['NOT NOT a:1', '(not (not a=1))'],
  ['plan:(gold OR silver)', '(or plan=gold plan=silver)'],
  ['plan:(gold "old silver")', '(or plan=gold plan="old silver")'],
  ['plan:(g* AND NOT gold)', '(and plan~g* (not plan=gold))'],
  ['email:jane*', 'email~jane*'],
  ['name:*abc', 'name~*abc'],
  ['name:*exa*ple*', 'name~*exa*ple*'],
  ['name:a\\*b', 'name=a*b'],
  ['name:*', 'name?'],
  ['*', '*'],
  ['*:*', '*'],
  ['_exists_:user_metadata.address.city', 'user_metadata.address.city?'],
  ['n:[1 TO 5]', 'n[1,5]'],
  ['n:{1 TO 5}', 'n[1!,5!]'],
  ['n:[1 TO 5}', 'n[1,5!]'],
  ['n:{1 TO *]', 'n[1!,]'],
  ['n:[* TO *]', 'n[,]'],
  ['n:>5', 'n[5!,]'],
  ['n:<=5', 'n[,5]'],
  ['n:-5', 'n=-5'],
  ['n:[-5 TO -1]', 'n[-5,-1]'],
  ['d:[2025-12-01 TO 2025-12-31]', 'd[2025-12-01,2025-12-31]'],
  ['d:["2025-12-01T10:00:00Z" TO 2025-12-01T11:00:00.5+02:00}', 'd[2025-12-01T10:00:00Z,2025-12-01T11:00:00.5+02:00!]'],
  ['d:2025-12-01T10:00:00.000Z', 'd=2025-12-01T10:00:00.000Z'],
  ['name:ann^2 OR (name:bob)^0.5', '(or name=ann name=bob)'],
  ['name:TO', 'name=TO'],
  ['name:ORLANDO', 'name=ORLANDO'],
  ['name:"AND"', 'name="AND"'],
  ['first\\ name:a', 'first name=a'],
  ['user_metadata.a-b:c-d', 'user_metadata.a-b=c-d'],
  ['name:日本語', 'name=日本語'],
  ['name:😀*', 'name~😀*'],
]

// TABLE: a query, and where the fault is, from 0.
const REFUSED: readonly [string, number][] = [
  ['name:', 5],
  ['name:(', 6],
  ['name:()', 6],
  ['(name:a', 0],
  ['name:a)', 6],
  ['((((', 4],
  ['))))', 0],
  ['name:"a', 5],
  ['name:"a\\"', 5],
  ['"', 0],
  ['name:a\\', 6],
  ['AND', 0],
  ['name:a AND', 10],
  ['name:a OR', 9],
  ['OR name:a', 0],
  ['NOT', 3],
  ['-', 1],
  ['name:a AND OR name:b', 11],
  [':a', 0],
  ['n:[1 TO 5', 2],
  ['n:[1 5]', 5],
  ['n:[1 TO]', 7],
  ['n:[TO 5]', 6],
  ['n:[]', 3],
  ['n:[1* TO 5]', 3],
  ['n:>', 3],
  ['[1 TO 5]', 0],
  ['name:a?c', 6],
  ['name:/a.*/', 5],
  ['/a/', 0],
  ['name:a~', 6],
  ['name:"a b"~2', 10],
  ['name:a^', 6],
  ['name:a^x', 6],
  ['name:*a', 5],
  ['name:*ab*', 5],
  ['na*e:a', 0],
  ['_exists_:', 9],
  ['_exists_:*', 9],
  ['a:(b:c)', 4],
  ['name:a&&', 8],
  ['a\0b', 1],
  ['name:"\0"', 6],
  ['name:\ud800', 5],
  ['}', 0],
]

describe('the query language', () => {
  for (const [text, meaning] of READ) {
    it(`reads ${text}`, () => assert.equal(shown(parseQuery(text)), meaning))
  }

  for (const [text, at] of REFUSED) {
    it(`refuses ${JSON.stringify(text)} and points at the fault`, () => {
      assert.throws(
        () => parseQuery(text),
        (error) => {
          assert.ok(error instanceof QueryFault, String(error))
          assert.equal(error.at, at, error.message)
          return true
        },
      )
    })
  }

  it('refuses what is too large, too deep, or a flood of wildcards', () => {
    const large = [
      Array.from({ length: 257 }, (_, n) => `name:a${n}`).join(' OR '),
      `name:(${'a '.repeat(257)})`,
      `${'('.repeat(26)}name:a${')'.repeat(26)}`,
      `${'('.repeat(5_000)}`,
      `${'NOT '.repeat(26)}name:a`,
      `${'-'.repeat(5_000)}a`,
      `name:${'abc*'.repeat(17)}`,
      Array.from({ length: 17 }, () => 'name:*abc').join(' OR '),
    ]
    for (const text of large) assert.throws(() => parseQuery(text), QueryFault, text.slice(0, 40))
    assert.equal(parseQuery(Array.from({ length: 256 }, () => 'name:a').join(' ')).kind, 'or')
    assert.equal(shown(parseQuery(`${'('.repeat(25)}name:a${')'.repeat(25)}`)), 'name=a')
  })
})
