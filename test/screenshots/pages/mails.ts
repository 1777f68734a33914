/** TABLE: the mails, as they come out of a mail server. */
import { randomBytes } from 'node:crypto'
import { askPassword, authorizeUrl, type PagePictures, type Scene, send } from '../scene.ts'
import { BREACHED_PASSWORD, PASSWORD } from '../stage.ts'
import { tryWrongPasswords } from './sign-in.ts'

/** They, by their templates. */
export const MAILS: readonly PagePictures[] = [
  {
    page: 'mail-verify-email',
    route: 'mail:verify_email',
    states: {
      sent: async (scene) => {
        const { id, email } = await newPerson(scene, { email_verified: false, verify_email: false })
        const { clientId: client_id } = scene.stage.applications.fleet
        await scene.stage.api('POST', '/jobs/verification-email', { user_id: id, client_id })
        await show(scene, email)
      },
    },
  },
  {
    page: 'mail-reset',
    route: 'mail:reset_email',
    states: {
      sent: async (scene) => {
        const { email } = await newPerson(scene)
        await scene.page.goto(authorizeUrl(scene, 'fleet', { screen_hint: 'reset-password' }))
        await send(scene.page, { username: email })
        await show(scene, email)
      },
    },
  },
  {
    page: 'mail-welcome',
    route: 'mail:welcome_email',
    states: {
      sent: async (scene) => {
        const { id, email } = await newPerson(scene, { email_verified: false, verify_email: false })
        const { clientId: client_id } = scene.stage.applications.fleet
        const { ticket } = await scene.stage.api('POST', '/tickets/email-verification', { user_id: id, client_id })
        await scene.page.goto(ticket)
        await send(scene.page)
        await show(scene, email)
      },
    },
  },
  {
    page: 'mail-blocked',
    route: 'mail:blocked_account',
    states: {
      sent: async (scene) => {
        const { email } = await newPerson(scene)
        await askPassword(scene, email)
        await tryWrongPasswords(scene)
        await show(scene, email)
      },
    },
  },
  {
    page: 'mail-stolen-credentials',
    route: 'mail:stolen_credentials',
    states: {
      sent: async (scene) => {
        const { email } = await newPerson(scene, { password: BREACHED_PASSWORD })
        await askPassword(scene, email)
        await send(scene.page, { password: BREACHED_PASSWORD })
        await show(scene, email)
      },
    },
  },
  {
    page: 'mail-existing-account',
    route: 'mail:existing_account',
    states: {
      sent: async (scene) => {
        const { email } = await newPerson(scene)
        await scene.page.goto(authorizeUrl(scene, 'fleet', { screen_hint: 'signup' }))
        await send(scene.page, { email, password: PASSWORD })
        await show(scene, email)
      },
    },
  },
  {
    page: 'mail-invitation',
    route: 'mail:user_invitation',
    states: { sent: async (scene) => await showInvitation(scene) },
  },
  {
    page: 'mail-account-deletion',
    route: 'mail:account_deletion',
    states: {
      sent: async (scene) => await showQueued(scene, 'account_deletion', { due_at: '2027-01-15T09:30:00.000Z' }),
    },
  },
  {
    page: 'mail-terms-reminder',
    route: 'mail:terms_reminder',
    states: {
      sent: async (scene) =>
        await showQueued(scene, 'terms_reminder', {
          title: 'Rules of the house',
          needed_at: '2027-01-15T09:30:00.000Z',
        }),
    },
  },
  {
    page: 'mail-import-completed',
    route: 'mail:import_completed',
    states: { sent: async (scene) => await showQueued(scene, 'import_completed', IMPORT) },
  },
  {
    page: 'mail-import-failed',
    route: 'mail:import_failed',
    states: {
      sent: async (scene) =>
        await showQueued(scene, 'import_failed', {
          ...IMPORT,
          reason: 'Failed to parse users file JSON. User 3 is not valid.',
        }),
    },
  },
]

const IMPORT = {
  ...{ job_id: 'job_0123456789abcdef', into: 'Harborline-fleet', total: 1200, inserted: 1150, updated: 47 },
  failed: 3,
}

/** One whose cause lies elsewhere: queued as it is by that. */
async function showQueued(scene: Scene, template: string, facts: Record<string, unknown>): Promise<void> {
  const { id, email } = await newPerson(scene)
  const at = new Date()
  await scene.stage.sql(
    `insert into emails (id, template, state, user_id, variables, created_at, next_attempt_at)
      values ($1, $2, 'queued', $3, $4, $5, $5)`,
    [`job_${randomBytes(8).toString('hex')}`, template, id, JSON.stringify(facts), at],
  )
  await show(scene, email)
}

async function showInvitation(scene: Scene): Promise<void> {
  const { stage, language } = scene
  const email = `kim.${randomBytes(4).toString('hex')}@acme-freight.example`
  const { id } = await stage.newOrganization('Acme Freight', {
    branding: { colors: { primary: '#23408e', page_background: '#eef2fb' } },
  })
  await stage.api('POST', `/organizations/${id}/invitations`, {
    inviter: { name: 'Lucía Ferrer' },
    invitee: { email },
    client_id: stage.applications.customers.clientId,
    language,
  })
  await show(scene, email)
}

async function newPerson({ stage, language }: Scene, more: Record<string, unknown> = {}) {
  const user_metadata = { zoneinfo: 'Europe/Madrid' }
  return await stage.newPerson(language, { name: 'Lucía Ferrer', given_name: 'Lucía', user_metadata, ...more })
}

async function show({ page, stage }: Scene, email: string): Promise<void> {
  const { html } = await stage.nextMail(email)
  await page.goto('about:blank')
  await page.setContent(html)
}
