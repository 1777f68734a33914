/** TABLE: the pages of links, and those around signing in that belong to no sign-in. */
import { askPassword, authorizeUrl, type PagePictures, type Scene, send } from '../scene.ts'
import { PASSWORD } from '../stage.ts'
import { tryWrongPasswords } from './sign-in.ts'

const NEW_PASSWORD = 'Quick ferry past Vinga 7'
const NO_TICKET = 'A'.repeat(43)

/** They. */
export const LINKS: readonly PagePictures[] = [
  {
    page: 'email-verification',
    route: '/u/email-verification',
    states: {
      asked: async (scene) => await open(scene, await verificationLink(scene)),
      confirmed: async (scene) => {
        await open(scene, await verificationLink(scene))
        await send(scene.page)
      },
      already: async (scene) => {
        const link = await verificationLink(scene)
        await open(scene, link)
        await send(scene.page)
        await open(scene, link)
      },
      expired: async (scene) => {
        const link = await verificationLink(scene, { ttl_sec: 1 })
        await scene.page.waitForTimeout(1_100)
        await open(scene, link)
      },
      unknown: async (scene) => await open(scene, `${scene.stage.url}/u/email-verification?ticket=${NO_TICKET}`),
    },
  },
  {
    page: 'reset-password',
    route: '/u/reset-password',
    states: {
      choose: async (scene) => await open(scene, await resetLink(scene)),
      kept: async (scene) => {
        await open(scene, await resetLink(scene))
        await scene.page.fill('#password', NEW_PASSWORD)
      },
      'rules broken': async (scene) => {
        await open(scene, await resetLink(scene))
        await send(scene.page, { password: 'short' })
      },
      'used before': async (scene) => {
        await open(scene, await resetLink(scene))
        await send(scene.page, { password: PASSWORD })
      },
      changed: async (scene) => {
        await open(scene, await resetLink(scene))
        await send(scene.page, { password: NEW_PASSWORD })
      },
      used: async (scene) => {
        const link = await resetLink(scene)
        await open(scene, link)
        await send(scene.page, { password: NEW_PASSWORD })
        await open(scene, link)
      },
      'form refused': async (scene) => {
        await open(scene, await resetLink(scene))
        await scene.page.evaluate("document.querySelector('[name=form_token]').value = 'another'")
        await send(scene.page, { password: NEW_PASSWORD })
      },
    },
  },
  {
    page: 'unblock',
    route: '/u/unblock',
    states: {
      asked: async (scene) => await open(scene, await unblockLink(scene)),
      opened: async (scene) => {
        await open(scene, await unblockLink(scene))
        await send(scene.page)
      },
      used: async (scene) => {
        const link = await unblockLink(scene)
        await open(scene, link)
        await send(scene.page)
        await open(scene, link)
      },
    },
  },
  {
    page: 'sign-in-link',
    route: '/u/sign-in',
    states: {
      asked: async (scene) => await openPersona(scene, 0),
      used: async (scene) => {
        await openPersona(scene, 1)
        const link = scene.page.url()
        await send(scene.page)
        await open(scene, link)
      },
      blocked: async (scene) => {
        await openPersona(scene, 2)
        const email = await scene.page.textContent('dd:has-text("@")')
        const [{ user_id: id }] = await scene.stage.demoApi('GET', `/users-by-email?email=${email}`)
        await scene.stage.demoApi('PATCH', `/users/${encodeURIComponent(id)}`, { blocked: true })
        await send(scene.page)
      },
    },
  },
  {
    page: 'request-reset',
    route: '/u/reset-password/request',
    states: {
      asked: async (scene) => await open(scene, requestUrl(scene)),
      sent: async (scene) => {
        await open(scene, requestUrl(scene))
        await send(scene.page, { username: 'nobody@harborline-shipping.example' })
      },
      closed: async (scene) => await open(scene, requestUrl(scene, 'closed')),
      'no such page': async (scene) => await open(scene, `${scene.stage.url}/u/login/nobody/nowhere`),
    },
  },
  {
    page: 'sign-out',
    route: '/u/sign-out',
    states: {
      asked: async (scene) => await open(scene, `${scene.stage.url}/u/sign-out`),
      'by an application': async (scene) =>
        await open(scene, `${scene.stage.url}/u/sign-out?client_id=${scene.stage.applications.fleet.clientId}`),
    },
  },
  {
    page: 'signed-out',
    route: '/u/signed-out',
    states: { 'signed out': async (scene) => await open(scene, `${scene.stage.url}/u/signed-out`) },
  },
  {
    page: 'error',
    route: '/u/error',
    states: {
      'wrong request': async (scene) =>
        await open(scene, authorizeUrl(scene, 'fleet', { redirect_uri: 'https://elsewhere.example/' })),
      'no application': async (scene) => await open(scene, authorizeUrl(scene, 'fleet', { client_id: 'unknown' })),
      'sign-in over': async (scene) => await open(scene, `${scene.stage.url}/u/login/unknown`),
      'of an address': async (scene) => await open(scene, `${scene.stage.url}/u/error`),
    },
  },
]

/** Opens a page of the scene's language. */
async function open({ page, language }: Scene, address: string): Promise<void> {
  const url = new URL(address)
  url.searchParams.set('ui_locales', language)
  await page.goto(url.href)
}

async function verificationLink({ stage, language }: Scene, more: { ttl_sec?: number } = {}): Promise<string> {
  const { id: user_id } = await stage.newPerson(language, { email_verified: false, verify_email: false })
  const { clientId: client_id } = stage.applications.fleet
  return (await stage.api('POST', '/tickets/email-verification', { user_id, client_id, ...more })).ticket
}

async function resetLink({ stage, language }: Scene): Promise<string> {
  const { id: user_id } = await stage.newPerson(language)
  const { clientId: client_id } = stage.applications.fleet
  return (await stage.api('POST', '/tickets/password-change', { user_id, client_id })).ticket
}

async function unblockLink(scene: Scene): Promise<string> {
  const { email } = await scene.stage.newPerson(scene.language)
  await askPassword(scene, email)
  await tryWrongPasswords(scene)
  return (await scene.stage.nextMail(email)).link ?? ''
}

/** TABLE: the demo's people who have a button on its start page; other ones for each language, which go on side by side. */
const PERSONAS = { en: ['ada', 'sam', 'noah'], de: ['kaethe', 'djordje', 'juergen'] } as const

async function openPersona({ page, stage, language }: Scene, which: 0 | 1 | 2): Promise<void> {
  await page.goto(stage.demoUrl)
  await send(page, {}, `button[value="${PERSONAS[language][which]}"]`)
}

function requestUrl({ stage }: Scene, application: 'fleet' | 'closed' = 'fleet'): string {
  const { clientId, connection } = stage.applications[application]
  return `${stage.url}/u/reset-password/request?${new URLSearchParams({ client_id: clientId, connection })}`
}
