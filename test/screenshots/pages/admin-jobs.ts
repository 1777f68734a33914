/** TABLE: imports and exports in the admin portal. What goes on while a picture is taken is answered in the server's place. */
import type { Page } from 'playwright-core'
import type { PagePictures, Scene } from '../scene.ts'
import { answer, commonStates, open } from './admin.ts'

const JOBS = '/admin/jobs'
const JOB = `${JOBS}/job_0123456789abcdef`

const STARTED = { started_by: { user_id: 'auth0|1', name: 'Amara Okafor' } }
const EXPORT = {
  id: 'job_1',
  type: 'users_export',
  status: 'completed',
  format: 'csv',
  percentage_done: 100,
  ...STARTED,
}
const IMPORT = { id: 'job_2', type: 'users_import', connection: 'Acme-People', ...STARTED }
const ROWS = [
  {
    row: 3,
    outcome: 'failed',
    user: { email: 'no address' },
    errors: [fault('FORMAT', 'Object didn’t pass validation for format email', 'email')],
  },
  {
    row: 8,
    outcome: 'failed',
    user: { email: 'jun@acme.example' },
    errors: [fault('DUPLICATED_USER', 'The user already exists.', 'email')],
  },
  {
    row: 21,
    outcome: 'failed',
    user: { email: 'ada@acme.example' },
    errors: [fault('NOT_PASSED', 'Only an operator can set email_verified.', 'email_verified')],
  },
]

function fault(code: string, message: string, path: string) {
  return { code, message, path }
}

const at = (minutes: number) => ({ created_at: new Date(Date.now() - minutes * 60_000).toISOString() })
const counted = (inserted: number, failed: number) => ({
  summary: { total: inserted + failed, inserted, updated: 0, failed },
})
const running = () => ({ ...IMPORT, ...at(1), status: 'processing', percentage_done: 62, ...counted(307, 3) })
const ended = () => ({ ...IMPORT, ...at(9), status: 'completed', percentage_done: 100, ...counted(450, 3) })
const stopped = () => ({
  ...IMPORT,
  ...at(90),
  status: 'failed',
  ...counted(200, 0),
  status_details:
    'Whoever started the job may do so no longer, so it was stopped after 200 of 500 users. What was imported stays.',
})
const trial = () => ({ ...ended(), id: 'job_3', dry_run: true })

/** They. */
export const ADMIN_JOBS: readonly PagePictures[] = [
  {
    page: 'admin-jobs',
    route: JOBS,
    states: {
      ...commonStates(JOBS),
      empty: (scene) => open(scene, JOBS),
      filled: (scene) => openList(scene),
      'for an auditor': (scene) => open(scene, JOBS, { who: 'auditor' }),
      'not open': (scene) => open(scene, JOBS, { who: 'newcomer' }),
      'start an export': (scene) => open(scene, `${JOBS}?start=export`),
      'start an import, no connection': (scene) => open(scene, `${JOBS}?start=import`),
      'start an import': async (scene) => await openImport(scene),
      'import, checked': async (scene) => {
        const page = await openImport(scene)
        await page.click('form button[type=submit]')
        await page.waitForSelector('form table')
      },
    },
  },
  {
    page: 'admin-job',
    route: `${JOBS}/$jobId`,
    states: {
      ...commonStates(JOB),
      missing: (scene) => open(scene, JOB),
      running: (scene) => openJob(scene, running()),
      ended: (scene) => openJob(scene, ended()),
      stopped: (scene) => openJob(scene, stopped()),
      exported: (scene) => openJob(scene, { ...EXPORT, ...at(5) }),
      'stop, question': {
        isWindow: true,
        open: async (scene) => {
          const page = await openJob(scene, running())
          await page.click('main button[data-variant=danger]')
          await page.waitForSelector('dialog[open]')
        },
      },
    },
  },
]

async function openList(scene: Scene): Promise<Page> {
  const jobs = [running(), { ...EXPORT, ...at(5) }, ended(), trial(), stopped()].map((job, place) => ({
    ...job,
    id: `job_${place}`,
  }))
  // It goes on, so the page never rests.
  const page = await open(scene, JOBS, {
    prepare: (page) => answer(page, '**/api/v2/jobs?**', { jobs }),
    isSettled: false,
  })
  await page.locator('[data-row]').first().waitFor()
  return page
}

async function openJob(scene: Scene, job: object): Promise<Page> {
  const prepare = async (page: Page) => {
    await answer(page, '**/api/v2/jobs/job_0123456789abcdef', job)
    await answer(page, '**/rows?**', ROWS)
  }
  const page = await open(scene, JOB, { prepare, isSettled: false })
  await page.waitForSelector('main dl')
  await page.waitForTimeout(300)
  return page
}

async function openImport(scene: Scene): Promise<Page> {
  const prepare = async (page: Page) => {
    const connections = ['Acme-People', 'Acme-Drivers'].map((name) => ({
      id: `con_${name}`,
      name,
      username: 'required',
    }))
    await answer(page, '**/import-connections', { connections })
    await page.route('**/users-imports', (route) =>
      route.fulfill({ status: 202, json: { ...trial(), status: 'pending' } }),
    )
    await answer(page, '**/api/v2/jobs/job_3', trial())
    await answer(page, '**/rows?**', ROWS)
  }
  const page = await open(scene, `${JOBS}?start=import`, { prepare })
  const buffer = Buffer.from('email,name\nnew@acme.example,New\n')
  await page.setInputFiles('input[type=file]', { name: 'people.csv', mimeType: 'text/csv', buffer })
  return page
}
