/**
 * The tenant's own Liquid around a page. A template that fails costs nobody his sign-in: the page is shown in our frame,
 * and the same template is not tried again for a while.
 */
import { createHash } from 'node:crypto'
import { now, secondsFromNow } from '../base/clock.ts'
import { renderPageTemplate } from '../branding/page-template.ts'
import { ApiError } from '../http/errors.ts'
import { perServer } from '../http/server.ts'
import type { PageNeeds } from './page-headers.ts'
import type { Surroundings } from './surroundings.ts'

/** A page to be framed. `render` makes the whole page in our frame, of which the parts are taken. */
type FramedPage = { name: string; render: (isFramed: boolean) => Promise<string> }

/** TABLE: which of Auth0's prompts and screens a page of ours is, by its template; others go by their own names. */
const PROMPTS: Readonly<Record<string, readonly [prompt: string, screen: string]>> = {
  identifier: ['login-id', 'login-id'],
  'sign-in-password': ['login-password', 'login-password'],
  'sign-up': ['signup', 'signup'],
  'check-mail': ['reset-password', 'reset-password-email'],
  'new-password': ['reset-password', 'reset-password'],
  consent: ['consent', 'consent'],
  'verify-email': ['email-verification', 'email-verification-result'],
  notice: ['status', 'status'],
}

const REST_SECONDS = 60
const MOST_FAILED = 100

/** Templates that failed, by their hash, and until when they rest. */
const restingOf = perServer(() => new Map<string, Date>())

/** The page in the tenant's frame, and what its headers have to allow; undefined where ours is to be used. */
export async function frameByTenant(
  { frame, texts = {} }: Surroundings,
  { name, render }: FramedPage,
): Promise<{ html: string; needs: Pick<PageNeeds, 'styles' | 'images' | 'fonts'> } | undefined> {
  if (!frame) return undefined
  const { server, template, variables } = frame
  const key = createHash('sha256').update(template).digest('base64')
  const resting = restingOf(server)
  const until = resting.get(key)
  if (until && now() < until) return undefined
  const [prompt, screen] = PROMPTS[name] ?? [name, name]
  const words = texts[prompt]?.[screen] ?? {}
  const shown = { ...variables, prompt: { name: prompt, screen: { name: screen, texts: words } } }
  try {
    const html = await renderPageTemplate(server, template, partsOf(await render(true)), shown)
    // Browsers hash a style with the line ends that they have made of it.
    const page = html.replace(/\r\n?/g, '\n')
    return { html: page, needs: { styles: stylesIn(page), images: ['https:'], fonts: ['https:'] } }
  } catch (error) {
    // The template is not at fault when too many pages are asked for at once.
    if (error instanceof ApiError) return undefined
    if (resting.size >= MOST_FAILED) resting.clear()
    resting.set(key, secondsFromNow(REST_SECONDS))
    server.log.warn({ reason: error instanceof Error ? error.message : 'unknown' }, 'the page template was not used')
    return undefined
  }
}

/** What stands within the head and the body of a page of ours. Values in it are escaped, so these tags are ours. */
function partsOf(page: string): { head: string; widget: string } {
  return { head: between(page, '<head>', '</head>'), widget: between(page, '<body>', '</body>') }
}

function between(page: string, start: string, end: string): string {
  const from = page.indexOf(start) + start.length
  return page.slice(from, page.lastIndexOf(end))
}

const MOST_STYLES = 50

function stylesIn(page: string): string[] {
  return [...page.matchAll(/<style\b[^>]*>(.*?)<\/style>/gis)].slice(0, MOST_STYLES).map(([, style = '']) => style)
}
