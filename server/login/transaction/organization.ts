/**
 * The page on which an organization is found before signing in, or chosen afterwards among those of the person. What is
 * found tells nobody who belongs to it; what can be chosen is shown to whoever has proved who he is.
 */
import type { FastifyReply } from 'fastify'
import { ADMIN_CLIENT } from '../../clients/built-in.ts'
import { textOf } from '../../http/sent-fields.ts'
import { findOrganization, listOrganizations } from '../../oidc/find-organizations.ts'
import { completeStep, type Transaction } from '../../oidc/transaction.ts'
import { contactOf } from '../../pages/notice.ts'
import { fill, wordsOf } from '../../pages/texts.ts'
import { typedIdentifier } from '../../sign-in/request-reset.ts'
import { ORGANIZATION_TEXTS } from '../texts/organization.ts'
import { fillNamed } from '../texts/portals.ts'
import { letterOf } from './look.ts'
import { addressOf, formOf, lead, show, type TransactionPage, tell, type Visit } from './visit.ts'

const PAGE = '/organization'
/** From so many on there is a search. */
const FEW = 8
const MOST_SHOWN = 50

export const organizationPage: TransactionPage = {
  path: PAGE,
  isTurn: ({ step }) => step.name === 'discovery' || step.name === 'organization',
  get: async (visit) => {
    if (visit.transaction.step.name === 'organization') return await showChoices(visit)
    return await showSearch(visit, visit.transaction.loginHint ?? '')
  },
  post: async (visit) => {
    const { server, request, reply, transaction, fields } = visit
    if (transaction.step.name === 'discovery') return await find(visit)
    const organizationId = textOf(fields, 'organization')
    if (organizationId === undefined) return lead(visit, PAGE)
    return await completeStep(server, request, reply, transaction, { kind: 'organization-chosen', organizationId })
  },
}

type Problem = 'empty' | 'unknown_name' | 'unknown_email'

async function find(visit: Visit): Promise<FastifyReply> {
  const { server, request, reply, transaction, fields } = visit
  const typed = typedIdentifier(textOf(fields, 'username') ?? '')
  if (typed === '') return await showSearch(visit, typed, 'empty')
  const isAddress = isByAddress(transaction) && (typed.includes('@') || !isByName(transaction))
  const organization = await findOrganization(server, typed, isAddress ? 'email' : 'organization_name')
  if (!organization) return await showSearch(visit, typed, isAddress ? 'unknown_email' : 'unknown_name')
  return await completeStep(server, request, reply, transaction, {
    kind: 'organization-found',
    organizationId: organization.id,
    identifier: isAddress ? typed : undefined,
  })
}

function isByAddress({ discoveryMethods }: Transaction): boolean {
  return discoveryMethods.includes('email')
}

function isByName({ discoveryMethods }: Transaction): boolean {
  return discoveryMethods.includes('organization_name')
}

async function showSearch(visit: Visit, typed: string, problem?: Problem): Promise<FastifyReply> {
  const { transaction, surroundings } = visit
  const texts = wordsOf(ORGANIZATION_TEXTS, surroundings)
  const [byAddress, byName] = [isByAddress(transaction), isByName(transaction)]
  const label = byAddress && byName ? texts.name_or_email : byAddress ? texts.email : texts.name
  return await show(visit, problem ? 400 : 200, {
    template: 'identifier',
    title: texts.find_title,
    text: texts,
    lead: fillNamed(texts.find_lead, { application: transaction.client.name }),
    form: formOf(visit, PAGE),
    label,
    autocomplete: byAddress ? 'email' : 'organization',
    identifier: typed,
    problem: problem && {
      title: problem === 'empty' ? texts.one_problem : texts.unknown_title,
      lines: [{ text: fill(texts[problem], { label }), href: '#username' }],
    },
  })
}

async function showChoices(visit: Visit): Promise<FastifyReply> {
  const { server, request, transaction, surroundings, query } = visit
  const { user, client } = transaction
  if (!user) return lead(visit, '')
  const texts = wordsOf(ORGANIZATION_TEXTS, surroundings)
  const search = (textOf(query, 'q') ?? '').trim().slice(0, 100)
  const of = { clientId: client.clientId, userId: user.user_id, limit: MOST_SHOWN }
  const { choices, total, all } = await listOrganizations(server, request, { ...of, search })
  if (all === 0) return await tellNothing(visit)
  const isAdministration = client.clientId === ADMIN_CLIENT
  const result =
    total === 0 ? fill(texts.none_found, { text: search }) : fill(texts.found, { count: choices.length, total })
  return await show(visit, 200, {
    template: 'choose-organization',
    title: texts.choose_title,
    text: texts,
    lead: isAdministration ? texts.administer_lead : fillNamed(texts.choose_lead, { application: client.name }),
    form: formOf(visit, PAGE),
    search: all > FEW ? { action: addressOf(visit, PAGE), value: search, result } : undefined,
    all: search === '' ? undefined : addressOf(visit, PAGE),
    choices: choices.map(({ id, displayName, logoUrl }) => {
      return { id, name: displayName, logo: logoUrl, letter: letterOf(displayName) }
    }),
    images: choices.flatMap(({ logoUrl }) => logoUrl ?? []),
    username: accountOf(transaction),
  })
}

/** What somebody is known by on a page. */
export function accountOf({ user }: Transaction): string {
  return user?.email ?? user?.username ?? user?.name ?? ''
}

async function tellNothing(visit: Visit): Promise<FastifyReply> {
  const { transaction, surroundings } = visit
  const texts = wordsOf(ORGANIZATION_TEXTS, surroundings)
  const { clientId, name: application } = transaction.client
  const words =
    clientId === ADMIN_CLIENT
      ? [texts.nothing_title, texts.nothing_1, texts.nothing_2]
      : [texts.no_organization_title, texts.no_organization_1, texts.no_organization_2]
  const [title = '', ...paragraphs] = words.map((text) => fill(text, { application, brand: surroundings.theme.name }))
  return await tell(visit, 403, {
    title,
    paragraphs,
    facts: [{ name: texts.account, value: accountOf(transaction) }, contactOf(surroundings)],
    form: { ...formOf(visit, '/leave', '?for=no-organization'), label: fillNamed(texts.back, { application }) },
    isProblem: true,
  })
}
