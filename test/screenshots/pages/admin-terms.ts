/** TABLE: terms and consents in the admin portal. They are answered in the server's place: real ones stop whoever signs in. */
import type { Page } from 'playwright-core'
import type { PagePictures, Scene } from '../scene.ts'
import { answer, commonStates, open } from './admin.ts'

const TERMS = '/admin/terms'
const ONE = `${TERMS}/trm_houserules000001`
const PUBLISH = `${ONE}/publish`

const BODY_EN = [
  '# Who may come in',
  'Everybody who has a badge. Visitors are met at the gate and stay with their host.',
  '# In the hall',
  '- Keep out of the yellow lanes.\n- Wear shoes that protect your feet.\n- Tell the shift lead of anything that is broken.',
  'Whoever keeps to this goes home as healthy as he came.',
].join('\n\n')
const BODY_DE = [
  '# Wer hinein darf',
  'Alle mit Ausweis. Besuch wird am Tor abgeholt und bleibt bei den Gastgebenden.',
  '# In der Halle',
  '- Bleiben Sie aus den gelben Spuren.\n- Tragen Sie Sicherheitsschuhe.\n- Melden Sie der Schichtleitung, was kaputt ist.',
  'Wer sich daran hält, geht so gesund heim, wie er kam.',
].join('\n\n')

const rules = {
  id: 'trm_houserules000001',
  name: 'house-rules',
  required: true,
  retired: false,
  latest_version: 3,
  latest: {
    titles: { en: 'House rules of the loading hall', de: 'Hausordnung der Ladehalle' },
    effective_at: '2026-03-02T08:00:00.000Z',
    deadline_at: '2026-03-16T08:00:00.000Z',
  },
}
const LIST = [
  rules,
  {
    ...{ id: 'trm_newsletter000001', name: 'newsletter', required: false, retired: false, latest_version: 1 },
    latest: {
      titles: { en: 'Monthly newsletter', de: 'Monatlicher Rundbrief' },
      effective_at: '2026-01-12T08:00:00.000Z',
      deadline_at: '2026-01-12T08:00:00.000Z',
    },
  },
  {
    ...{ id: 'trm_devices000000001', name: 'devices', required: true, retired: false, latest_version: 1 },
    latest: {
      titles: { en: 'Use of hand scanners and tablets that belong to the company, at work and at home' },
      effective_at: '2999-01-01T08:00:00.000Z',
      deadline_at: '2999-01-01T08:00:00.000Z',
    },
  },
  { id: 'trm_photographs00001', name: 'photographs', required: false, retired: false, latest_version: 0 },
]
const COUNTS = [
  { terms_id: rules.id, current_version: 2, people: 1_284, pending: 312 },
  { terms_id: 'trm_newsletter000001', current_version: 1, people: 1_284, pending: 1_101 },
  { terms_id: 'trm_devices000000001', current_version: 0, people: 1_284, pending: 0 },
  { terms_id: 'trm_photographs00001', current_version: 0, people: 1_284, pending: 0 },
]
const VERSIONS = [
  versionOf(3, '2026-03-02T08:00:00.000Z', '2026-03-16T08:00:00.000Z', {
    en: { title: 'House rules of the loading hall', summary: 'Visitors stay with their host.', body: BODY_EN },
    de: { title: 'Hausordnung der Ladehalle', summary: 'Besuch bleibt bei den Gastgebenden.', body: BODY_DE },
  }),
  versionOf(2, '2026-01-02T08:00:00.000Z', '2026-01-02T08:00:00.000Z', {
    en: { title: 'House rules of the loading hall', body: BODY_EN },
  }),
  versionOf(1, '2025-01-02T08:00:00.000Z', '2025-01-02T08:00:00.000Z', {
    en: { title: 'House rules', body: 'Be kind.' },
  }),
]
const SUMMARY = {
  ...{ current_version: 3, people: 1_284, pending: 312 },
  versions: [
    { version: 3, accepted: 972, declined: 0, withdrawn: 0 },
    { version: 2, accepted: 1_198, declined: 0, withdrawn: 0 },
    { version: 1, accepted: 1_107, declined: 0, withdrawn: 0 },
  ],
}
const PENDING = {
  users: Array.from({ length: 10 }, (_, at) => ({
    user_id: `auth0|${at}`,
    ...(at === 5 ? {} : { name: at === 3 ? 'Wolfeschlegelsteinhausenbergerdorff'.repeat(2) : `Member ${at}` }),
    email: `member${at}@acme.example`,
    ...(at % 3 === 1 ? { accepted_version: 2 } : {}),
  })),
  total: 312,
}

/** They. */
export const ADMIN_TERMS: readonly PagePictures[] = [
  {
    page: 'admin-terms',
    route: TERMS,
    states: {
      ...commonStates(TERMS),
      empty: (scene) => open(scene, TERMS),
      filled: (scene) => openFilled(scene, TERMS),
      'none retired': (scene) => open(scene, `${TERMS}?status=retired`),
      'for an auditor': (scene) => openFilled(scene, TERMS, 'auditor'),
      'not open': (scene) => open(scene, TERMS, { who: 'newcomer' }),
    },
  },
  {
    page: 'admin-new-terms',
    route: `${TERMS}/new`,
    states: {
      empty: (scene) => open(scene, `${TERMS}/new`),
      taken: async (scene) => {
        const page = await open(scene, `${TERMS}/new`)
        await page.route('**/api/v2/terms', (route) =>
          route.fulfill({ status: 409, json: { statusCode: 409, errorCode: 'terms_conflict' } }),
        )
        await page.fill('#new-terms-title', 'Hausordnung für Gäste & Fahrer')
        await page.click('form button[type=submit]')
        await page.waitForSelector('[aria-invalid=true]')
      },
      'for an auditor': (scene) => open(scene, `${TERMS}/new`, { who: 'auditor' }),
    },
  },
  {
    page: 'admin-one-terms',
    route: `${TERMS}/$termsId`,
    states: {
      ...commonStates(ONE),
      missing: (scene) => open(scene, `${TERMS}/trm_nobodys`),
      filled: (scene) => openFilled(scene, ONE),
      'a version open': async (scene) => {
        const page = await openFilled(scene, ONE)
        await page.locator('main summary').first().click()
      },
      'nothing published': (scene) => openFilled(scene, ONE, 'administrator', { latest_version: 0 }),
      retired: (scene) => openFilled(scene, ONE, 'administrator', { retired: true }),
      'retire, question': {
        isWindow: true,
        open: async (scene) => {
          const page = await openFilled(scene, ONE)
          await page.locator('main header button').first().click()
          await page.waitForSelector('dialog[open]')
        },
      },
      'remind, question': {
        isWindow: true,
        open: async (scene) => {
          const page = await openFilled(scene, ONE)
          await page.locator('main section > div > div > button').first().click()
          await page.waitForSelector('dialog[open]')
        },
      },
      'for an auditor': (scene) => openFilled(scene, ONE, 'auditor'),
    },
  },
  {
    page: 'admin-publish-terms',
    route: `${TERMS}/$termsId/publish`,
    states: {
      ...commonStates(PUBLISH),
      first: (scene) => openFilled(scene, `${PUBLISH}?title=Photographs`, 'administrator', { latest_version: 0 }),
      next: (scene) => openFilled(scene, PUBLISH),
      wrong: async (scene) => {
        const page = await openFilled(scene, PUBLISH)
        await page.fill('main [role=tabpanel] textarea >> nth=1', '')
        await page.locator('[name=effective]').last().click()
        await page.fill('#terms-effective', '2020-02-02')
        await page.click('form button[type=submit]')
        await page.waitForSelector('[aria-invalid=true]')
      },
      question: {
        isWindow: true,
        open: async (scene) => {
          const page = await openFilled(scene, PUBLISH)
          await page.click('form button[type=submit]')
          await page.waitForSelector('dialog[open]')
        },
      },
      'of retired terms': (scene) => openFilled(scene, PUBLISH, 'administrator', { retired: true }),
      'for an auditor': (scene) => open(scene, PUBLISH, { who: 'auditor' }),
    },
  },
]

function versionOf(version: number, effective_at: string, deadline_at: string, texts: object) {
  return { version, texts, effective_at, deadline_at, published_at: effective_at }
}

/** @param more how the house rules are otherwise */
async function openFilled(
  scene: Scene,
  path: string,
  who: 'administrator' | 'auditor' = 'administrator',
  more: { latest_version?: 0; retired?: true } = {},
): Promise<Page> {
  const isPublished = more.latest_version !== 0
  const { latest, ...unpublished } = rules
  const prepare = async (page: Page) => {
    await answer(page, '**/api/v2/terms?**', { terms: LIST, total: LIST.length })
    await answer(page, '**/api/v2/terms/summaries?**', COUNTS)
    await answer(page, `**/api/v2/terms/${rules.id}`, isPublished ? { ...rules, ...more } : { ...unpublished, ...more })
    await answer(
      page,
      '**/terms/*/versions?**',
      isPublished ? { versions: VERSIONS, total: 3 } : { versions: [], total: 0 },
    )
    await answer(page, '**/terms/*/summary', isPublished ? SUMMARY : { ...SUMMARY, current_version: 0, versions: [] })
    await answer(page, '**/terms/*/pending-users?**', PENDING)
  }
  return await open(scene, path, { who, prepare })
}
