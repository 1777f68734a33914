/**
 * Terms and consents. Terms are required: nobody gets in without them. A consent is asked for and may be refused, and
 * be withdrawn as easily as it was given. Both have versions, which are published once and never changed; the ledger of
 * acceptances says who said what to which version, in which language, and only grows.
 */
import { createHash } from 'node:crypto'
import type { Selectable } from 'kysely'
import { type Static, Type } from 'typebox'
import type { AcceptancesTable, TermsTable, TermsText, TermVersionsTable } from '../db/tables-terms.ts'

const closed = { additionalProperties: false } as const

const Name = Type.String({
  pattern: '^[a-z0-9][a-z0-9_-]{0,49}$',
  description: 'Short name, such as terms-of-use: small letters, digits, - and _',
})
const Moment = Type.String({ format: 'date-time', description: 'ISO 8601' })

const Text = Type.Object(
  {
    title: Type.String({ minLength: 1, maxLength: 200, pattern: '\\S', description: 'Title' }),
    summary: Type.Optional(Type.String({ maxLength: 2_000, description: 'What is new in it, in a few sentences' })),
    body: Type.String({
      minLength: 1,
      maxLength: 100_000,
      pattern: '\\S',
      description: 'The whole text. Paragraphs are parted by empty lines, headings begin with #, list items with -',
    }),
  },
  closed,
)

/** Body of new terms. */
export const NewTerms = Type.Object(
  {
    name: Name,
    required: Type.Boolean({ description: 'Whether nobody gets in without them; false for a consent' }),
    organization_id: Type.Optional(
      Type.String({ minLength: 1, maxLength: 50, description: 'Organization whose they are' }),
    ),
    client_id: Type.Optional(
      Type.String({ minLength: 1, maxLength: 100, description: 'Application at which they are asked' }),
    ),
  },
  closed,
)
/** Body of a change. */
export const TermsUpdate = Type.Object(
  {
    name: Type.Optional(Name),
    retired: Type.Optional(Type.Boolean({ description: 'Whether they are asked no more' })),
  },
  closed,
)
/** Body of a version to publish. */
export const NewVersion = Type.Object(
  {
    texts: Type.Record(Type.String({ pattern: '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$' }), Text, {
      additionalProperties: false,
      minProperties: 1,
      maxProperties: 50,
      description:
        'Texts by language, such as en and de. Whoever reads none of them gets English, or the first by the alphabet',
    }),
    effective_at: Type.Optional({ ...Moment, description: 'From when on it is asked for. Now, unless it is later' }),
    deadline_at: Type.Optional({
      ...Moment,
      description: 'From when on nobody gets in without it; until then it can be put off. At once, unless it is later',
    }),
  },
  closed,
)

/** Terms on the wire. */
export const TermsReply = Type.Object({
  id: Type.String(),
  name: Type.String(),
  required: Type.Boolean(),
  organization_id: Type.Optional(Type.String()),
  client_id: Type.Optional(Type.String()),
  retired: Type.Boolean(),
  latest_version: Type.Integer({ description: '0 while none is published' }),
  latest: Type.Optional(
    Type.Object(
      {
        titles: Type.Record(Type.String(), Type.String(), { description: 'By language' }),
        effective_at: Type.String(),
        deadline_at: Type.String(),
      },
      { description: 'Of the latest version; without its texts' },
    ),
  ),
  created_at: Type.String(),
  updated_at: Type.String(),
})
/** A version on the wire. */
export const VersionReply = Type.Object({
  version: Type.Integer(),
  texts: Type.Record(
    Type.String(),
    Type.Object({
      title: Type.String(),
      summary: Type.Optional(Type.String()),
      body: Type.String(),
      sha256: Type.String(),
    }),
  ),
  effective_at: Type.String(),
  deadline_at: Type.String(),
  published_at: Type.String(),
  published_by: Type.Optional(Type.String()),
})

/** Stored terms, with the number of their latest version, and what it is called and from when on it counts. */
export type Terms = Selectable<TermsTable> & { latest_version: number; latest: Latest | null }
type Latest = { titles: Record<string, string>; effective_at: Date; deadline_at: Date }
/** A stored version. */
export type TermsVersion = Selectable<TermVersionsTable>
/** What somebody said to a version. */
export type Outcome = AcceptancesTable['outcome']

/** Makes the answer. */
export function termsWire(terms: Terms): Static<typeof TermsReply> {
  const { id, name, required, organization_id, client_id, retired_at, latest_version, latest } = terms
  return {
    id,
    name,
    required,
    ...(organization_id === null ? {} : { organization_id }),
    ...(client_id === null ? {} : { client_id }),
    retired: retired_at !== null,
    latest_version,
    ...(latest === null
      ? {}
      : {
          latest: {
            titles: latest.titles,
            effective_at: latest.effective_at.toISOString(),
            deadline_at: latest.deadline_at.toISOString(),
          },
        }),
    created_at: terms.created_at.toISOString(),
    updated_at: terms.updated_at.toISOString(),
  }
}

/** Makes the answer. */
export function versionWire(row: TermsVersion): Static<typeof VersionReply> {
  const { version, texts, effective_at, deadline_at, published_at, published_by } = row
  return {
    version,
    texts,
    effective_at: effective_at.toISOString(),
    deadline_at: deadline_at.toISOString(),
    published_at: published_at.toISOString(),
    ...(published_by === null ? {} : { published_by }),
  }
}

/** The texts as they are stored: each with its SHA-256 over title, summary and body, by which the ledger names it. */
export function sealedTexts(texts: Static<typeof NewVersion>['texts']): Record<string, TermsText> {
  return Object.fromEntries(
    Object.entries(texts).map(([language, { title, summary, body }]) => {
      const parts = { title, ...(summary?.trim() ? { summary } : {}), body }
      const sha256 = createHash('sha256')
        .update([title, parts.summary ?? '', body].join('\n\n'), 'utf8')
        .digest('hex')
      return [language, { ...parts, sha256 }]
    }),
  )
}

/** What a version is called, by language. */
export function titlesOf(texts: Record<string, TermsText>): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).map(([language, { title }]) => [language, title]))
}

/** The text for a reader: in his language, in its base language, in English, or in the first by the alphabet. */
export function textFor(texts: Record<string, TermsText>, language: string): { language: string; text: TermsText } {
  const [base = ''] = language.split('-')
  const [first = ''] = Object.keys(texts).toSorted()
  const found = [language, base, 'en', first].find((name) => Object.hasOwn(texts, name)) ?? first
  const text = texts[found]
  if (!text) throw new Error('A version without a text.')
  return { language: found, text }
}
