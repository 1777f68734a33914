/** A page that is being brought into a state, and how: as a person does it in a browser. */
import { randomBytes } from 'node:crypto'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { type ApplicationName, CALLBACK, PASSWORD, type Person, type Stage } from './stage.ts'

/** The languages of the pictures, and the browser's locale for each. */
export const LANGUAGES = { en: 'en-GB', de: 'de-DE' } as const

/** A language. */
export type Language = keyof typeof LANGUAGES

/** The widths of the pictures, in pixels. */
export const WIDTHS = [1280, 320] as const

/** A width. */
export type Width = (typeof WIDTHS)[number]

/** What a state is reached with. */
export type Scene = {
  browser: Browser
  page: Page
  stage: Stage
  language: Language
  /** Somebody who is signed in to the portals already, in the same language; one for each name. */
  signedInAs: (name: string, make: () => Promise<Person>) => Promise<Visitor>
}

/** Somebody who is signed in to the portals. */
export type Visitor = { context: BrowserContext; person: Person }

/** Brings the scene's page into a state, or puts another page in its place that is. */
export type Opening = (scene: Scene) => Promise<unknown>

/** A state; with `width` it is one of that width alone, with `isWindow` the picture is of the window and not of all. */
export type State = Opening | { open: Opening; width?: Width; isWindow?: true }

/** A page. `route` is its address in the table of routes; a mail's is `mail:` and the name of its template. */
export type PagePictures = { page: string; route: string; states: Readonly<Record<string, State>> }

/** The address of a request to sign in at an application. */
export function authorizeUrl(
  { stage, language }: Scene,
  application: ApplicationName,
  more: Record<string, string> = {},
) {
  const parameters = new URLSearchParams({
    client_id: stage.applications[application].clientId,
    redirect_uri: CALLBACK,
    response_type: 'code',
    scope: 'openid profile email',
    state: 'a-state',
    code_challenge: randomBytes(32).toString('base64url'),
    code_challenge_method: 'S256',
    ui_locales: language,
    ...more,
  })
  return `${stage.url}/authorize?${parameters}`
}

/** Fills in fields by their names and sends the form; without a button, with the first there is. */
export async function send(page: Page, fields: Record<string, string> = {}, button = 'main button[type=submit]') {
  for (const [name, value] of Object.entries(fields)) await page.fill(`[name="${name}"]:not([readonly])`, value)
  await Promise.all([page.waitForNavigation(), page.click(button)])
}

/** Opens the page for the password of somebody. */
export async function askPassword(scene: Scene, email: string, application: ApplicationName = 'fleet'): Promise<void> {
  await scene.page.goto(authorizeUrl(scene, application, { login_hint: email }))
  await send(scene.page)
}

/** Signs somebody in at an application, as far as nothing is in the way. */
export async function signIn(scene: Scene, email: string, application: ApplicationName = 'fleet'): Promise<void> {
  await askPassword(scene, email, application)
  await send(scene.page, { password: PASSWORD })
}

/** Puts a page of the portals in the scene's place, opened as somebody who is signed in. */
export async function openPortal(
  scene: Scene,
  { context }: Visitor,
  path: string,
  prepare: (page: Page) => Promise<unknown> = async () => {},
): Promise<Page> {
  const { page: former, stage } = scene
  const page = await context.newPage()
  scene.page = page
  await former.close()
  await prepare(page)
  await page.goto(stage.url + path)
  await page.waitForSelector('h1')
  return page
}

/** Signs somebody in to the portals, who then is for every page of this context. */
export async function signInToPortal(context: BrowserContext, url: string, email: string): Promise<void> {
  const page = await context.newPage()
  await page.goto(`${url}/account`)
  await page.waitForSelector('[name=username]')
  await send(page, { username: email })
  await send(page, { password: PASSWORD })
  await page.waitForSelector('h1')
  await page.close()
}
