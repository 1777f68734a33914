/** TABLE: the page of a sign-in on which terms are accepted and consents are given. */
import { authorizeUrl, type PagePictures, type Scene, send } from '../scene.ts'
import { CALLBACK, PASSWORD } from '../stage.ts'
import { TERMS_TEXTS, type TermsName } from '../terms-texts.ts'

const DAY = 86_400_000

/** It. */
export const TERMS: readonly PagePictures[] = [
  {
    page: 'terms',
    route: '/u/login/:id/terms',
    states: {
      due: async (scene) => {
        await open(scene, await published(scene, ['use', 'news']))
        await read(scene)
      },
      'due, of an organization': async (scene) => {
        const { id } = await scene.stage.newOrganization('Northwind Bulk Carriers and Warehousing International')
        const { person } = await open(scene, await published(scene, ['warehouse', 'use'], { organization_id: id }), id)
        return person
      },
      'can wait': async (scene) =>
        await open(scene, await published(scene, ['use', 'figures'], {}, { deadline_at: inDays(30) })),
      'newer version': async (scene) => {
        const asked = await published(scene, ['use'])
        const { person } = await open(scene, asked)
        // The application is not there.
        await Promise.all([scene.page.waitForEvent('requestfailed'), scene.page.click('[value=accept]')])
        const former = scene.page
        scene.page = await former.context().newPage()
        await former.close()
        // What can wait is asked once a sign-in.
        await scene.page.context().clearCookies()
        await publish(scene, asked, 'use', { deadline_at: inDays(30) })
        await open(scene, { ...asked, person })
        await read(scene)
      },
      'consents alone': async (scene) => await open(scene, await published(scene, ['news', 'figures', 'photos'])),
      'changed meanwhile': async (scene) => {
        const asked = await published(scene, ['use', 'news'])
        await open(scene, asked)
        await publish(scene, asked, 'use')
        await send(scene.page, {}, '[value=accept]')
      },
    },
  },
]

type Person = { id: string; email: string }
type Asked = { clientId: string; ids: Partial<Record<TermsName, string>>; person?: Person }

const inDays = (days: number) => new Date(Date.now() + days * DAY).toISOString()

/** Terms and consents, at an application of their own, so that nobody else is asked. */
async function published(
  scene: Scene,
  names: readonly TermsName[],
  more: { organization_id?: string } = {},
  version: object = {},
): Promise<Asked> {
  const { api, applications } = scene.stage
  const { organization_id } = more
  const clientId = organization_id ? applications.customers.clientId : await newApplication(scene)
  const asked: Asked = { clientId, ids: {} }
  for (const name of names) {
    const required = name === 'use' || name === 'warehouse'
    number += 1
    const of = organization_id ? { organization_id } : { client_id: clientId }
    const { id } = await api('POST', '/terms', { name: `${name}-${number}`, required, ...of })
    asked.ids[name] = id
    await publish(scene, asked, name, required ? version : {})
  }
  return asked
}

let number = 0

async function newApplication({ stage }: Scene): Promise<string> {
  const { client_id: clientId } = await stage.api('POST', '/clients', {
    name: 'Harborline Fleet',
    app_type: 'spa',
    callbacks: [CALLBACK],
    token_endpoint_auth_method: 'none',
    oidc_conformant: true,
  })
  const [connection] = await stage.api('GET', `/connections?name=${stage.applications.fleet.connection}`)
  await stage.api('PATCH', `/connections/${connection.id}/clients`, [{ client_id: clientId, status: true }])
  return clientId
}

async function publish({ stage }: Scene, { ids }: Asked, name: TermsName, version: object = {}): Promise<void> {
  await stage.api('POST', `/terms/${ids[name]}/versions`, { texts: TERMS_TEXTS[name], ...version })
}

/** Signs somebody in there, who is asked. */
async function open(scene: Scene, asked: Asked, organization?: string): Promise<{ person: Person }> {
  const { stage, language, page } = scene
  const application = organization ? 'customers' : 'fleet'
  const person = asked.person ?? (await stage.newPerson(language, {}, application))
  if (organization) await stage.api('POST', `/organizations/${organization}/members`, { members: [person.id] })
  const more = { client_id: asked.clientId, ...(organization ? { organization } : { login_hint: person.email }) }
  await page.goto(authorizeUrl(scene, application, more))
  await send(page, organization ? { username: person.email } : {})
  await send(page, { password: PASSWORD })
  await page.waitForURL(/\/terms$/)
  return { person }
}

async function read({ page }: Scene): Promise<void> {
  await page.locator('summary').first().click()
}
