/** TABLE: the pages of signing in to an organization. */
import { authorizeUrl, type PagePictures, type Scene, send, signIn } from '../scene.ts'
import { PASSWORD, type Person } from '../stage.ts'

const AT = '/u/login/:id'
const NAMES = ['Acme Freight', 'Globex Käserei', 'Northwind Bulk Carriers and Warehousing International']

/** They. */
export const ORGANIZATIONS: readonly PagePictures[] = [
  {
    page: 'organization',
    route: `${AT}/organization`,
    states: {
      'to find': async (scene) => await scene.page.goto(authorizeUrl(scene, 'found')),
      'not found': async (scene) => {
        await scene.page.goto(authorizeUrl(scene, 'found'))
        await send(scene.page, { username: 'acme-frieght' })
      },
      'to choose': async (scene) => await choose(scene, NAMES),
      'to search': async (scene) => await choose(scene, manyNames()),
      'nothing found': async (scene) => {
        await choose(scene, manyNames())
        await send(scene.page, { q: 'Initech' })
      },
      'none to choose': async (scene) => await choose(scene, []),
      'nothing to administer': async (scene) => {
        const { email } = await scene.stage.newPerson(scene.language)
        await scene.page.goto(`${scene.stage.url}/admin?ui_locales=${scene.language}`)
        await scene.page.waitForSelector('[name=username]')
        await send(scene.page, { username: email })
        await send(scene.page, { password: PASSWORD })
      },
      'in its colours': async (scene) => {
        const { id } = await branded(scene)
        await scene.page.goto(authorizeUrl(scene, 'customers', { organization: id }))
      },
      'shut out': async (scene) => {
        const { id } = await branded(scene)
        const { email } = await scene.stage.newPerson(scene.language, {}, 'customers')
        await scene.page.goto(authorizeUrl(scene, 'customers', { organization: id, login_hint: email }))
        await send(scene.page)
        await send(scene.page, { password: PASSWORD })
      },
    },
  },
  {
    page: 'invitation',
    route: `${AT}/invitation`,
    states: {
      'for a new account': async (scene) => await invited(scene, newAddress()),
      'sign-up': async (scene) => {
        await invited(scene, newAddress())
        await send(scene.page)
      },
      'for an account': async (scene) => await invited(scene, (await personOf(scene)).email),
      'for whoever is signed in': async (scene) => {
        const { email } = await signedIn(scene)
        await invited(scene, email)
      },
      'for somebody else': async (scene) => {
        await signedIn(scene)
        await invited(scene, (await personOf(scene)).email)
      },
      'refused after the password': async (scene) => {
        const [other, { email }] = [await personOf(scene), await personOf(scene)]
        await invited(scene, email)
        await scene.page.goto(scene.page.url().replace('/invitation', '?screen=login'))
        await send(scene.page, { username: other.email })
        await send(scene.page, { password: PASSWORD })
      },
      expired: async (scene) => await invited(scene, newAddress(), "expires_at = now() - interval '1 minute'"),
      withdrawn: async (scene) => await invited(scene, newAddress(), 'revoked_at = now()'),
      used: async (scene) => await invited(scene, newAddress(), 'accepted_at = now()'),
      unknown: async (scene) => {
        const { id } = await branded(scene)
        await scene.page.goto(authorizeUrl(scene, 'customers', { organization: id, invitation: 'x'.repeat(32) }))
      },
    },
  },
]

let addresses = 0

function newAddress(): string {
  addresses += 1
  return `kim.invited${addresses}@acme-freight.example`
}

function manyNames(): string[] {
  return [...NAMES, ...'ABCDEFG'.split('').map((letter) => `Terminal ${letter}`)]
}

async function personOf({ stage, language }: Scene): Promise<Person> {
  return await stage.newPerson(language, {}, 'customers')
}

async function branded({ stage }: Scene): Promise<{ id: string }> {
  return await stage.newOrganization('Acme Freight', {
    branding: { colors: { primary: '#23408e', page_background: '#eef2fb' } },
  })
}

async function memberOf(scene: Scene, names: readonly string[]): Promise<Person> {
  const { stage } = scene
  const person = await personOf(scene)
  for (const name of names) {
    const { id } = await stage.newOrganization(name)
    await stage.api('POST', `/organizations/${id}/members`, { members: [person.id] })
  }
  return person
}

async function choose(scene: Scene, names: readonly string[]): Promise<void> {
  const { email } = await memberOf(scene, names)
  await signIn(scene, email, 'customers')
}

/** Signed in already, in our own portal. */
async function signedIn(scene: Scene): Promise<Person> {
  const { page, stage } = scene
  const person = await personOf(scene)
  await page.goto(`${stage.url}/account`)
  await page.waitForSelector('[name=username]')
  await send(page, { username: person.email })
  await send(page, { password: PASSWORD })
  await page.waitForSelector('h1')
  return person
}

/** @param change what has become of the invitation since, in SQL */
async function invited(scene: Scene, email: string, change?: string): Promise<void> {
  const { stage, page, language } = scene
  const { id } = await branded(scene)
  const [role] = (await stage.api('GET', '/roles')) as { id: string }[]
  const { id: invitation, ticket_id } = await stage.api('POST', `/organizations/${id}/invitations`, {
    inviter: { name: 'Lucía Ferrer' },
    invitee: { email },
    client_id: stage.applications.customers.clientId,
    roles: role ? [role.id] : undefined,
    send_invitation_email: false,
    language,
  })
  if (change) await stage.sql(`update organization_invitations set ${change} where id = $1`, [invitation])
  await page.goto(authorizeUrl(scene, 'customers', { organization: id, invitation: ticket_id }))
}
