/** Something to do first: accepting terms, or putting them off while that is possible; and being asked for consents. */
import type { FastifyReply } from 'fastify'
import { ApiError } from '../../http/errors.ts'
import { type Fields, textOf } from '../../http/sent-fields.ts'
import { completeStep } from '../../oidc/transaction.ts'
import { blocksOf } from '../../pages/text-blocks.ts'
import { fill, type Language, type Texts, wordsOf } from '../../pages/texts.ts'
import type { Shown } from '../../sign-in/answer-terms.ts'
import { listAsked, type Pending } from '../../terms/pending.ts'
import { textFor } from '../../terms/terms.ts'
import { TERMS_TEXTS } from '../texts/terms.ts'
import { pageOfRequirement } from './verify-email.ts'
import { formOf, show, type TransactionPage, type Visit } from './visit.ts'

const PAGE = 'terms'
/** Texts of so many letters are shown without a further click. */
const SHORT = 600
const LOCALES = { en: 'en-GB', de: 'de' } as const satisfies Record<Language, string>

type Words = Texts<keyof (typeof TERMS_TEXTS)['en']>

export const termsPage: TransactionPage = {
  path: `/${PAGE}`,
  isTurn: (transaction) => pageOfRequirement(transaction) === PAGE,
  get: async (visit) => await showTerms(visit),
  post: async (visit) => {
    const { server, request, reply, transaction, fields } = visit
    const asked = await askedOf(visit)
    const shown = shownIn(fields)
    const answer = { shown, consents: listIn(fields, 'consent') }
    const isDue = asked.some(({ is_due }) => is_due)
    const decision = textOf(fields, 'decision')
    if (decision === 'decline' && isDue) {
      return await completeStep(server, request, reply, transaction, { kind: 'terms-declined', answer })
    }
    if (decision === 'later' && !isDue) {
      return await completeStep(server, request, reply, transaction, { kind: 'terms-answered', answer: undefined })
    }
    // Whoever accepts has seen what he accepts.
    const isCurrent = asked.every(({ id, version }) => shown.some((one) => one.id === id && one.version === version))
    if (decision !== 'accept' || !isCurrent) return await showTerms(visit, decision === 'accept')
    return await completeStep(server, request, reply, transaction, { kind: 'terms-answered', answer })
  },
}

async function askedOf({ server, transaction }: Visit): Promise<Pending[]> {
  const { user, client, organization } = transaction
  if (!user) throw new ApiError('transaction_gone')
  const { clientId } = client
  return await listAsked(server.database.db, { userId: user.user_id, clientId, organizationId: organization?.id })
}

/** A field that can come several times. */
function listIn(fields: Fields, name: string): string[] {
  return [fields[name]].flat().filter((value) => typeof value === 'string')
}

/** `<id>.<version>.<language>`, parted by blanks. */
function shownIn(fields: Fields): Shown[] {
  return (textOf(fields, 'shown') ?? '').split(' ').flatMap((item) => {
    const [id, version, language] = item.split('.')
    return id && version && language ? [{ id, version: Number(version), language }] : []
  })
}

async function showTerms(visit: Visit, hasChanged = false): Promise<FastifyReply> {
  const { server, request, reply, transaction, surroundings, language } = visit
  const asked = await askedOf(visit)
  if (asked.length === 0) {
    // Accepted in another window, or retired meanwhile: the step is over, and the sign-in goes on without an answer.
    const answer = { shown: [], consents: [] }
    return await completeStep(server, request, reply, transaction, { kind: 'terms-answered', answer })
  }
  const texts = wordsOf(TERMS_TEXTS, surroundings)
  const items = asked.map((one) => itemOf(one, visit, texts))
  const { user, client } = transaction
  return await show(visit, hasChanged ? 409 : 200, {
    template: 'terms',
    ...headOf(asked, texts, client.name),
    text: texts,
    language,
    username: user?.email ?? user?.username ?? user?.name ?? '',
    items,
    shown: items.map(({ id, number, language }) => `${id}.${number}.${language}`).join(' '),
    form: formOf(visit, `/${PAGE}`),
    problem: hasChanged ? { title: texts.gone_title, lines: [{ text: texts.gone }] } : undefined,
  })
}

/** What can be done, by whether anything keeps the person out. */
function headOf(asked: readonly Pending[], texts: Words, application: string) {
  const isDue = asked.some(({ is_due }) => is_due)
  const hasTerms = asked.some(({ required }) => required)
  const kind = isDue ? 'due' : hasTerms ? 'new' : 'consent'
  return {
    title: texts[`${kind}_title`],
    lead: fill(texts[`${kind}_lead`], { application }),
    accept: hasTerms ? texts.accept : texts.continue,
    later: isDue ? undefined : texts.later,
    decline: isDue ? texts.decline : undefined,
  }
}

function itemOf(one: Pending, { transaction, language: wanted }: Visit, texts: Words) {
  const { id, required, version, effective_at, deadline_at, is_due } = one
  const { language, text } = textFor(one.texts, wanted)
  const day = (at: Date) => new Intl.DateTimeFormat(LOCALES[wanted], { dateStyle: 'long', timeZone: 'UTC' }).format(at)
  const name = transaction.organization?.displayName ?? transaction.organization?.name ?? ''
  return {
    id,
    number: version,
    language,
    required,
    title: text.title,
    summary: text.summary,
    isNews: one.accepted_version !== null,
    blocks: blocksOf(text.body),
    isShort: text.body.length <= SHORT,
    of: one.organization_id === null ? undefined : fill(texts.of, { organization: name }),
    version: fill(texts.version, { version, since: day(effective_at) }),
    until: required && !is_due ? fill(texts.until, { until: day(deadline_at) }) : undefined,
  }
}
