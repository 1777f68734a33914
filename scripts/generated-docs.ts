/** The documents that are made from the code's own tables. `npm run docs` writes them; a test says when they are stale. */
import { MANAGEMENT_ROUTES } from '../server/app.ts'
import { SETTINGS } from '../server/config-settings.ts'
import {
  AUTH0_OPERATIONS,
  type Auth0Operation,
  MANAGEMENT_PREFIX,
  matchKey,
  routeKey,
} from '../server/http/auth0-operations.ts'
import type { Route } from '../server/http/define-route.ts'
import { openapiOf } from '../server/http/openapi.ts'
import { OTHER_ROUTES } from '../server/other-routes.ts'

const NOTE = '<!-- Made by `npm run docs`. Do not edit. -->'

/** Every generated document: its path below the root, and its text. */
export function generatedDocs(): Record<string, string> {
  return {
    'docs/openapi.json': `${JSON.stringify(openapiOf(MANAGEMENT_ROUTES), null, 2)}\n`,
    'docs/configuration.md': configuration(),
    'docs/compatibility.md': compatibility(),
  }
}

function configuration(): string {
  const rows = Object.entries(SETTINGS).map(([name, { default: fallback, meaning }]) => [
    `\`${name}\``,
    fallback,
    meaning,
  ])
  return page('Configuration', [
    'Settings come from environment variables. An empty one counts as unset. A wrong one stops the start with a',
    'sentence that names it and says what would be right. None has to be set to try Tenantry out.',
    '',
    ...table(['Name', 'Default', 'Meaning'], rows),
  ])
}

type Standing = { offered: 'yes' | 'partly' | 'no'; note: string }

// TABLE: what the APIs of Auth0 are called in the document.
const APIS = {
  management: 'Management API',
  authentication: 'Authentication API',
  discovery: 'Discovery',
  'my-account': 'My Account API',
  'my-organization': 'My Organization API',
  scim: 'SCIM',
} as const satisfies Record<string, string>

function compatibility(): string {
  const standings = new Map(AUTH0_OPERATIONS.map((operation) => [operation, standingOf(operation)]))
  const ours = [
    ...MANAGEMENT_ROUTES.filter((route) => route.ours).map(({ method, url, summary }) => [
      `\`${method} ${MANAGEMENT_PREFIX}${url}\``,
      summary,
    ]),
    ...OTHER_ROUTES.flatMap(({ method, path, ours }) => (ours ? [[`\`${method} ${path}\``, ours]] : [])),
  ]
  return page('Compatibility', [
    "Every operation of Auth0's APIs, and whether Tenantry answers it. An operation of the Management API that is not",
    'offered does no harm: lists are empty, some settings are off, and everything else answers 403 with the error code `feature_not_enabled`.',
    'Operations of the other APIs that are not offered answer 404. The details of what is offered stand in',
    '[openapi.json](openapi.json), which a server also gives out at `/api/v2/openapi.json`.',
    '',
    ...table(['API', 'Operations', 'Yes', 'Partly', 'No'], counts(standings)),
    '',
    ...Object.entries(APIS).flatMap(([api, title]) => [`## ${title}`, '', ...areas(api, standings)]),
    '## Beyond Auth0',
    '',
    ...(ours.length === 0 ? ['Nothing so far.'] : table(['Operation', 'What it does'], ours)),
  ])
}

function counts(standings: Map<Auth0Operation, Standing>): string[][] {
  const count = (operations: Auth0Operation[], offered?: string) =>
    String(operations.filter((one) => offered === undefined || standings.get(one)?.offered === offered).length)
  const row = (title: string, operations: Auth0Operation[]) => [
    title,
    count(operations),
    count(operations, 'yes'),
    count(operations, 'partly'),
    count(operations, 'no'),
  ]
  const all = [...standings.keys()]
  return [
    ...Object.entries(APIS).map(([api, title]) =>
      row(
        title,
        all.filter((operation) => operation.api === api),
      ),
    ),
    row('**All**', all),
  ]
}

function areas(api: string, standings: Map<Auth0Operation, Standing>): string[] {
  const operations = [...standings].filter(([operation]) => operation.api === api)
  const names = [...new Set(operations.map(([{ area }]) => area))]
  return names.flatMap((name) => [
    ...(names.length > 1 ? [`### ${name.charAt(0).toUpperCase()}${name.slice(1)}`, ''] : []),
    ...table(
      ['Operation', 'Offered', 'Remarks'],
      operations
        .filter(([{ area }]) => area === name)
        .map(([{ method, path }, { offered, note }]) => [`\`${method} ${path}\``, offered, note]),
    ),
    '',
  ])
}

const ROUTES: ReadonlyMap<string, Route> = new Map(MANAGEMENT_ROUTES.map((route) => [routeKey(route), route]))
const OTHERS = new Map(OTHER_ROUTES.map((route) => [matchKey(route.method, route.path), route]))

function standingOf({ api, method, path, list, off }: Auth0Operation): Standing {
  const key = matchKey(method, path)
  const found = ROUTES.get(key) ?? OTHERS.get(key)
  if (found) return { offered: found.partly ? 'partly' : 'yes', note: found.partly ?? '' }
  if (off !== undefined) return { offered: 'no', note: `off: \`${JSON.stringify(off)}\`` }
  return { offered: 'no', note: api === 'management' && list !== undefined ? 'an empty list' : '' }
}

function page(title: string, lines: string[]): string {
  return `${[NOTE, '', `# ${title}`, '', ...lines].join('\n').trimEnd()}\n`
}

function table(head: string[], rows: string[][]): string[] {
  const line = (cells: string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)]
}
