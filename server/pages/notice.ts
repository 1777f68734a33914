/** A page that says something: sentences, facts below them, and what one can do next. */
import type { FastifyReply } from 'fastify'
import type { FormTargets } from './page-headers.ts'
import { pageSender } from './render.ts'
import type { Surroundings } from './surroundings.ts'
import { FRAME } from './texts.ts'

/** A page that says something. */
export type Notice = {
  title: string
  /** The first is set apart below the title. */
  paragraphs: readonly string[]
  facts?: readonly (Fact | undefined)[]
  /** A form without fields: one button. */
  form?: { action: string; formToken: string; label: string }
  /** Where to go on. */
  links?: readonly (NoticeLink | undefined)[]
  /** Whether the page is about something that went wrong: its title in the browser's tab says so. */
  isProblem?: boolean
  formTargets?: FormTargets
}

/** A line with its name. An id is set in type for ids; a time (`at`, in ISO 8601) is shown on the reader's clock. */
export type Fact = { name: string; value: string; href?: string; isId?: boolean; at?: string }

/** A link. The first on a page without a button looks like one. */
export type NoticeLink = { href: string; label: string }

const send = pageSender(import.meta.dirname, ['notice'])

/** Sends it. */
export async function sendNotice(
  reply: FastifyReply,
  status: number,
  surroundings: Surroundings,
  notice: Notice,
): Promise<FastifyReply> {
  const { title, paragraphs, facts = [], form, links = [], isProblem = false, formTargets = [] } = notice
  const button = form ? '' : isProblem ? 'secondary' : 'primary'
  // What answers a form cannot be asked for once more, in another language.
  const languages = reply.request.method === 'POST' ? [] : surroundings.languages
  return await send(
    reply,
    status,
    { ...surroundings, languages },
    {
      template: 'notice',
      title,
      paragraphs,
      facts: facts.filter((fact) => fact !== undefined),
      form,
      links: links.filter((link) => link !== undefined).map((link, at) => ({ ...link, class: at === 0 ? button : '' })),
      problem: isProblem,
      formTargets,
    },
  )
}

/** Whom to ask, where the tenant says so. */
export function contactOf({ language, theme }: Surroundings): Fact | undefined {
  return theme.help && { name: FRAME[language].contact, value: theme.help.label, href: theme.help.href }
}

/** What to quote when one asks. */
export function referenceOf({ language }: Surroundings, requestId: string): Fact {
  return { name: FRAME[language].reference, value: requestId, isId: true }
}
