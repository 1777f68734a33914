/** TABLE: the pages of a sign-in. */
import { askPassword, authorizeUrl, type PagePictures, type Scene, send, signIn } from '../scene.ts'
import { BREACHED_PASSWORD, MOST_TRIES, PASSWORD } from '../stage.ts'

const AT = '/u/login/:id'
const WRONG = 'not the password'

/** They, in the order in which they are met. */
export const SIGN_IN: readonly PagePictures[] = [
  {
    page: 'identifier',
    route: AT,
    states: {
      empty: async (scene) => await scene.page.goto(authorizeUrl(scene, 'fleet')),
      'nothing typed': async (scene) => {
        await scene.page.goto(authorizeUrl(scene, 'fleet'))
        await send(scene.page, { username: ' ' })
      },
      'other identifiers': async (scene) => await scene.page.goto(authorizeUrl(scene, 'warehouse')),
      'brand of Acme': async (scene) => await scene.page.goto(demoUrl(scene, 'acme')),
      'brand of Globex': async (scene) => await scene.page.goto(demoUrl(scene, 'globex')),
      'no connection': async (scene) => await scene.page.goto(authorizeUrl(scene, 'nowhere')),
    },
  },
  {
    page: 'password',
    route: `${AT}/password`,
    states: {
      asked: async (scene) => await askPassword(scene, 'lucia.ferrer@harborline-shipping.example'),
      'long address': async (scene) =>
        await askPassword(scene, 'maximiliane.von-und-zu-hohenstein-waldenburg@freight-forwarding.harborline.example'),
      'brand of Acme': async (scene) => await askDemoPassword(scene, 'acme', 'ada@acme-robotics.example'),
      'brand of Globex': async (scene) => await askDemoPassword(scene, 'globex', 'kaethe@globex-kaeserei.example'),
      shown: async (scene) => {
        await askPassword(scene, 'lucia.ferrer@harborline-shipping.example')
        await scene.page.fill('#password', PASSWORD)
        await scene.page.click('#show')
      },
      wrong: async (scene) => {
        await askPassword(scene, (await scene.stage.newPerson(scene.language)).email)
        await send(scene.page, { password: WRONG })
      },
      'too many tries': async (scene) => {
        await askPassword(scene, (await scene.stage.newPerson(scene.language)).email)
        await tryWrongPasswords(scene)
      },
      'slowed down': async (scene) => {
        const { id, email } = await scene.stage.newPerson(scene.language)
        await slowDown(scene, id, email)
        await askPassword(scene, email)
        for (let tries = 0; tries < 2; tries += 1) await send(scene.page, { password: WRONG })
      },
      breached: async (scene) => {
        const { email } = await scene.stage.newPerson(scene.language, { password: BREACHED_PASSWORD })
        await askPassword(scene, email)
        await send(scene.page, { password: BREACHED_PASSWORD })
      },
      blocked: async (scene) => {
        await signIn(scene, (await scene.stage.newPerson(scene.language, { blocked: true })).email)
      },
    },
  },
  {
    page: 'sign-up',
    route: `${AT}/signup`,
    states: {
      open: async (scene) => await openSignUp(scene),
      kept: async (scene) => {
        await openSignUp(scene)
        await scene.page.fill('#password', PASSWORD)
      },
      'rules broken': async (scene) => {
        await openSignUp(scene)
        await send(scene.page, { email: newAddress(), password: 'short' })
      },
      'common password': async (scene) => {
        await openSignUp(scene)
        await send(scene.page, { email: newAddress(), password: 'Password1' })
      },
      'address wrong': async (scene) => {
        await openSignUp(scene)
        await send(scene.page, { email: 'lucia', password: PASSWORD })
      },
      'all fields': async (scene) => await openSignUp(scene, 'warehouse'),
      'all fields wrong': async (scene) => {
        await openSignUp(scene, 'warehouse')
        const names = { given_name: 'a'.repeat(151), family_name: 'b'.repeat(151) }
        await send(scene.page, {
          ...names,
          email: 'lucia',
          username: 'a@b.example',
          phone_number: '555',
          password: PASSWORD,
        })
      },
      closed: async (scene) => await openSignUp(scene, 'closed'),
    },
  },
  {
    page: 'check-mail',
    route: `${AT}/check-mail`,
    states: {
      'after sign-up': async (scene) => await signUp(scene),
      'sent again': async (scene) => {
        await signUp(scene)
        // The button waits half a minute; the form does not.
        await Promise.all([
          scene.page.waitForNavigation(),
          scene.page.evaluate("document.querySelector('main form').requestSubmit()"),
        ])
      },
      'after reset': async (scene) => {
        await openForgot(scene)
        await send(scene.page, { username: newAddress() })
      },
    },
  },
  {
    page: 'forgot',
    route: `${AT}/forgot`,
    states: {
      asked: async (scene) => await openForgot(scene),
      'nothing typed': async (scene) => {
        await openForgot(scene)
        await send(scene.page, { username: ' ' })
      },
      closed: async (scene) => {
        await scene.page.goto(authorizeUrl(scene, 'closed', { screen_hint: 'reset-password' }))
      },
    },
  },
  {
    page: 'verify-email',
    route: `${AT}/verify-email`,
    states: {
      asked: async (scene) => await signInUnverified(scene),
      'too early': async (scene) => {
        await signInUnverified(scene)
        await send(scene.page)
      },
      'sent again': async (scene) => {
        await signInUnverified(scene)
        await send(scene.page, {}, 'main button.secondary')
      },
      'nothing sent': async (scene) => {
        await signInUnverified(scene)
        // The button waits half a minute; the form does not.
        for (let times = 0; times < 6; times += 1) {
          await Promise.all([
            scene.page.waitForNavigation(),
            scene.page.evaluate("document.querySelectorAll('main form')[1].requestSubmit()"),
          ])
        }
      },
    },
  },
  {
    page: 'change-password',
    route: `${AT}/change-password`,
    states: {
      forced: async (scene) => await signInTemporary(scene),
      'rules broken': async (scene) => {
        await signInTemporary(scene)
        await send(scene.page, { password: 'short' })
      },
      'used before': async (scene) => {
        await signInTemporary(scene)
        await send(scene.page, { password: PASSWORD })
      },
    },
  },
  {
    page: 'consent',
    route: `${AT}/consent`,
    states: {
      asked: async (scene) => {
        const { email } = await scene.stage.newPerson(scene.language, {}, 'stranger')
        await signIn(scene, email, 'stranger')
      },
    },
  },
]

/** Tries until the account is closed to this browser. */
export async function tryWrongPasswords({ page }: Scene): Promise<void> {
  for (let tries = 0; tries <= MOST_TRIES; tries += 1) await send(page, { password: WRONG })
}

let addresses = 0

function newAddress(): string {
  addresses += 1
  return `new.person${addresses}@harborline-shipping.example`
}

function demoUrl(scene: Scene, customer: 'acme' | 'globex'): string {
  const { demoUrl } = scene.stage
  const url = new URL(authorizeUrl(scene, 'fleet').replace(scene.stage.url, demoUrl))
  url.searchParams.set('client_id', `demo-${customer}`)
  url.searchParams.set('redirect_uri', `${demoUrl}/demo/${customer}`)
  return url.href
}

async function askDemoPassword(scene: Scene, customer: 'acme' | 'globex', email: string): Promise<void> {
  await scene.page.goto(demoUrl(scene, customer))
  await send(scene.page, { username: email })
}

async function openSignUp(scene: Scene, application: 'fleet' | 'warehouse' | 'closed' = 'fleet'): Promise<void> {
  await scene.page.goto(authorizeUrl(scene, application, { screen_hint: 'signup' }))
}

async function signUp(scene: Scene): Promise<void> {
  await openSignUp(scene)
  await send(scene.page, { email: newAddress(), password: PASSWORD })
}

async function openForgot(scene: Scene): Promise<void> {
  await scene.page.goto(authorizeUrl(scene, 'fleet', { screen_hint: 'reset-password' }))
}

async function signInUnverified(scene: Scene): Promise<void> {
  const unverified = { email_verified: false, verify_email: false }
  const { email } = await scene.stage.newPerson(scene.language, unverified, 'verified')
  await signIn(scene, email, 'verified')
}

/** Nobody sets a temporary password but the command that makes the first administrator. */
async function signInTemporary(scene: Scene): Promise<void> {
  const { id, email } = await scene.stage.newPerson(scene.language)
  await scene.stage.sql('update passwords set temporary = true where user_id = $1', [id])
  await signIn(scene, email)
}

/** As after tries from a hundred addresses. */
async function slowDown({ stage }: Scene, id: string, email: string): Promise<void> {
  await stage.sql(
    `insert into login_failures (subject, address_block, user_id, identifier, connection, failures, last_ip, last_failed_at)
     select $1, '192.0.2.' || n, $1, $2, $3, 3, '192.0.2.' || n, now() from generate_series(1, 100) n`,
    [id, email, stage.applications.fleet.connection],
  )
}
