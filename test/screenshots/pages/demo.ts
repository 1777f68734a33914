/** TABLE: the pages of the demo: its start page, its applications, and the inbox. */
import type { Locator } from 'playwright-core'
import { type PagePictures, type Scene, send } from '../scene.ts'
import { PASSWORD } from '../stage.ts'

/** They; the inbox comes first, while it is empty. */
export const DEMO: readonly PagePictures[] = [
  {
    page: 'inbox',
    route: '/inbox',
    states: {
      empty: async (scene) => await openInbox(scene),
      filled: async (scene) => await fillInbox(scene),
    },
  },
  {
    page: 'inbox-mail',
    route: '/inbox/:id',
    states: {
      'of Acme': async (scene) => await openMail(scene, 'acme'),
      'of Globex': async (scene) => await openMail(scene, 'globex'),
      'as text': async (scene) => {
        await openMail(scene, 'acme')
        await scene.page.click('summary')
      },
    },
  },
  {
    page: 'start',
    route: '/',
    states: {
      open: async ({ page, stage }) => await page.goto(stage.demoUrl),
      'form refused': async ({ page, stage }) => {
        await page.goto(stage.demoUrl)
        await page.evaluate("document.querySelector('[name=form_token]').value = 'another'")
        await send(page, {}, 'button[value=ada]')
      },
    },
  },
  {
    page: 'api-docs',
    route: '/docs',
    states: { open: async ({ page, stage }) => await page.goto(`${stage.demoUrl}/docs`) },
  },
  {
    page: 'api-errors',
    route: '/docs/errors',
    states: { open: async ({ page, stage }) => await page.goto(`${stage.demoUrl}/docs/errors`) },
  },
  {
    page: 'application-acme',
    route: '/demo/acme',
    states: {
      'signed out': async (scene) => await openApplication(scene, 'acme'),
      'signed in': async (scene) => await openInside(scene, 'acme'),
      failed: async ({ page, stage }) => {
        await page.goto(`${stage.demoUrl}/demo/acme`)
        await page.waitForSelector('#outside:not([hidden])')
        await page.evaluate(`sessionStorage.setItem('sign-in /demo/acme', JSON.stringify({ state: 'a', nonce: 'b' }))`)
        await page.goto(`${stage.demoUrl}/demo/acme?state=a&error=access_denied`)
        await page.waitForSelector('#failed:not([hidden])')
      },
    },
  },
  {
    page: 'application-globex',
    route: '/demo/globex',
    states: {
      'signed out': async (scene) => await openApplication(scene, 'globex'),
      'signed in': async (scene) => await openInside(scene, 'globex'),
    },
  },
]

/** It would load itself again every five seconds, also while it is looked at. */
async function openInbox({ page, stage }: Scene): Promise<void> {
  const url = `${stage.demoUrl}/inbox`
  await page.route(url, async (route) => {
    const response = await route.fetch()
    const { refresh: _, ...headers } = response.headers()
    await route.fulfill({ response, headers })
  })
  await page.goto(url)
}

let people = 0

/** By signing up at one of the applications. Answers the link to the mail. */
async function fillInbox(scene: Scene, customer: 'acme' | 'globex' = 'acme'): Promise<Locator> {
  const { page, stage } = scene
  people += 1
  const email = `mira.lindholm${people}@acme-robotics.example`
  await page.goto(`${stage.demoUrl}/demo/${customer}`)
  await page.waitForSelector('#outside:not([hidden])')
  await Promise.all([page.waitForURL(/\/signup/), page.click('#sign-up')])
  await send(page, { email, password: PASSWORD })
  const entry = page.locator('li', { hasText: email }).locator('a')
  for (let tries = 0; tries < 50 && (await entry.count()) === 0; tries += 1) {
    await page.waitForTimeout(tries === 0 ? 0 : 500)
    await openInbox(scene)
  }
  return entry
}

async function openMail(scene: Scene, customer: 'acme' | 'globex'): Promise<void> {
  const entry = await fillInbox(scene, customer)
  await Promise.all([scene.page.waitForNavigation(), entry.click()])
}

async function openApplication({ page, stage }: Scene, customer: string): Promise<void> {
  await page.goto(`${stage.demoUrl}/demo/${customer}`)
  await page.waitForSelector('#outside:not([hidden])')
}

/** Who is inside; another one in each language, since a person's newest link ends the others. */
const INSIDE = { en: 'ada', de: 'kaethe' } as const

async function openInside({ page, stage, language }: Scene, customer: string): Promise<void> {
  await page.goto(stage.demoUrl)
  await send(page, {}, `button[value=${INSIDE[language]}]`)
  await Promise.all([page.waitForURL(/\/(?:account|admin)/), page.click('main button.primary')])
  await page.goto(`${stage.demoUrl}/demo/${customer}`)
  await page.waitForSelector('#inside:not([hidden])')
}
