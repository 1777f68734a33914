/**
 * `npm run screenshots`: a picture of every page and state, light and dark, wide and narrow, in each language, in
 * `screenshots/`, with an `index.html` over them. `-- --only <text>` takes those whose page or state contains the text, or one of several.
 * Ends with 1 when a state cannot be reached, when axe finds something serious on it, or when it scrolls sideways.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import type { Browser } from 'playwright-core'
import { ensurePortals } from '../../scripts/portals.ts'
import { launchChromium } from '../browser/chromium.ts'
import { photograph } from './camera.ts'
import { indexPage } from './index-page.ts'
import { LANGUAGES, type Language, type Scene, type State, signInToPortal, type Visitor } from './scene.ts'
import { openStage, type Stage } from './stage.ts'
import { PAGES } from './table.ts'

const OUT = join(import.meta.dirname, '../../screenshots')

/** A state takes a few seconds; a machine that is busy with something else may need far longer. */
const STATE_MS = 240_000
const STEP_MS = 90_000

const { only = [] } = parseArgs({ options: { only: { type: 'string', multiple: true } } }).values
const wanted = PAGES.map((one) => ({ ...one, states: statesOf(one) })).filter(
  ({ states }) => Object.keys(states).length > 0,
)
const startedAt = performance.now()
await ensurePortals(console.log)
const stage = await openStage()
const browser = await launchChromium()
const problems: string[] = []
let taken = 0
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => close().finally(() => process.exit(1)))
try {
  if (only.length === 0) await rm(OUT, { recursive: true, force: true })
  // The keys are the table's own.
  const studios = (Object.keys(LANGUAGES) as Language[]).map((language) => openStudio(browser, stage, language))
  for (const { page, states } of wanted) {
    const folder = join(OUT, page)
    await mkdir(folder, { recursive: true })
    for (const [name, state] of Object.entries(states)) {
      const found = await Promise.all(studios.map((take) => take(folder, name, state)))
      const named = found.flat().map((text) => `${page}/${text}`)
      for (const problem of named) console.error(problem)
      problems.push(...named)
      taken += 1
    }
    console.log(`${page}: ${Object.keys(states).join(', ')}`)
  }
  await writeFile(join(OUT, 'index.html'), indexPage(PAGES))
} finally {
  await close()
}
const seconds = Math.round((performance.now() - startedAt) / 1_000)
console.log(`\n${taken} states of ${wanted.length} pages in ${seconds} s: ${join(OUT, 'index.html')}`)
if (problems.length > 0) console.error(['Problems:', ...problems].join('\n'))
process.exitCode = problems.length === 0 && taken > 0 ? 0 : 1

async function close(): Promise<void> {
  await browser.close()
  await stage.close()
}

function statesOf({ page, states }: (typeof PAGES)[number]): Readonly<Record<string, State>> {
  return Object.fromEntries(
    Object.entries(states).filter(
      ([state]) => only.length === 0 || only.some((text) => `${page}/${state}`.includes(text)),
    ),
  )
}

/** Takes pictures in one language. */
function openStudio(browser: Browser, stage: Stage, language: Language) {
  const visitors = new Map<string, Promise<Visitor>>()
  const newContext = () => browser.newContext({ locale: LANGUAGES[language], timezoneId: 'Europe/Berlin' })
  const enter = async (make: () => Promise<Visitor['person']>): Promise<Visitor> => {
    const [context, person] = await Promise.all([newContext(), make()])
    context.setDefaultTimeout(STEP_MS)
    await signInToPortal(context, stage.url, person.email)
    return { context, person }
  }
  const signedInAs: Scene['signedInAs'] = async (name, make) => {
    const visitor = visitors.get(name) ?? enter(make)
    visitors.set(name, visitor)
    return await visitor
  }
  return async (folder: string, name: string, state: State): Promise<string[]> => {
    const { open, width, isWindow = false } = typeof state === 'function' ? { open: state } : { ...state }
    const context = await newContext()
    context.setDefaultTimeout(STEP_MS)
    const scene: Scene = { browser, page: await context.newPage(), stage, language, signedInAs }
    const take = async () => {
      await open(scene)
      return await photograph({ page: scene.page, language, isWindow, width }, folder, name)
    }
    try {
      return await Promise.race([take(), tooLong()])
    } catch (error) {
      return [`${name} (${language}): ${error instanceof Error ? error.message : error}`]
    } finally {
      await scene.page.close()
      await context.close()
    }
  }
}

async function tooLong(): Promise<never> {
  await sleep(STATE_MS, undefined, { ref: false })
  throw new Error(`not reached, or not photographed, in ${STATE_MS} ms`)
}
