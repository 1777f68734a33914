/** TABLE: the pages of a sign-in that lead to an identity provider elsewhere, and what is said when it lets nobody in. */
import { authorizeUrl, type PagePictures, type Scene, send } from '../scene.ts'
import { PROVIDER } from '../stage.ts'

/** They. */
export const PROVIDERS: readonly PagePictures[] = [
  {
    page: 'identifier-providers',
    route: '/u/login/:id',
    states: {
      'buttons beside the form': async (scene) => await scene.page.goto(authorizeUrl(scene, 'partners')),
      'nothing typed': async (scene) => {
        await scene.page.goto(authorizeUrl(scene, 'partners'))
        await send(scene.page, { username: ' ' })
      },
      'buttons alone': async (scene) => await scene.page.goto(authorizeUrl(scene, 'staff')),
      'address unknown': async (scene) => {
        await scene.page.goto(authorizeUrl(scene, 'workforce'))
        // Whoever has one way to go was sent there, and comes back from it.
        await Promise.all([scene.page.waitForNavigation(), scene.page.locator('main a[href*=screen]').click()])
        await send(scene.page, { username: 'lucia@elsewhere.example' })
      },
    },
  },
  {
    page: 'provider',
    route: '/u/login/:id/provider',
    states: {
      'let nobody in': async (scene) => {
        await scene.page.goto(authorizeUrl(scene, 'partners'))
        await Promise.all([scene.page.waitForNavigation(), scene.page.locator('main a.secondary').first().click()])
      },
    },
  },
  {
    page: 'provider-back',
    route: '/u/login/:id/provider/back',
    states: { 'let nobody in': async (scene) => await comeBack(scene) },
  },
  {
    page: 'provider-callback',
    route: '/login/callback/:connection',
    states: { 'sign-in over': async (scene) => await scene.page.goto(`${scene.stage.url}/login/callback/partners`) },
  },
]

/** Goes to a provider, where nothing answers, and comes back as if it had refused. */
async function comeBack({ page, ...scene }: Scene): Promise<void> {
  await page.goto(authorizeUrl({ page, ...scene }, 'partners'))
  const sent = page.waitForRequest(`${PROVIDER}/authorize?*`)
  await page.locator('main a.secondary').last().click()
  const asked = new URL((await sent).url()).searchParams
  const answer = new URLSearchParams({ state: asked.get('state') ?? '', error: 'access_denied', iss: PROVIDER })
  await page.goto(`${asked.get('redirect_uri')}?${answer}`)
}
