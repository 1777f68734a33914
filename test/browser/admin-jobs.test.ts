/** Imports and exports in the admin portal, as an administrator of an organization uses them. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import type { Page } from 'playwright-core'
import { jobRunnerOf } from '../../server/jobs/runner.ts'
import { startAdminPortal } from './admin-portal.ts'
import { checkPage, LOOKS } from './portal.ts'

describe('imports and exports in the admin portal', async () => {
  const { acme, api, button, home, server, signedIn } = await startAdminPortal()
  const runner = jobRunnerOf(server)

  const saved = async (page: Page, name: string) => {
    const [download] = await Promise.all([page.waitForEvent('download'), button(page, name).click()])
    return await readFile(await download.path(), 'utf8')
  }

  it('says that without a connection of its own people are invited', async () => {
    const { page, close } = await signedIn(acme.administrator.email)
    await page.locator('#side').getByRole('link', { name: 'Import and export' }).click()
    await page.getByRole('heading', { name: 'Nothing was imported or exported' }).waitFor()
    await button(page, 'Import people').click()
    await page.getByText('Your organization has no connection of its own').waitFor()
    await close()
  })

  it('tries a file, imports it, and keeps the rows that failed', async () => {
    const { id } = await api('POST', '/connections', { name: 'acme-people', strategy: 'auth0' })
    await api('POST', `/organizations/${acme.id}/connections`, {
      connection_id: id,
      is_enabled: true,
      organization_access_level: 'limited',
    })
    const { page, close } = await signedIn(acme.administrator.email)
    await page.goto(`${home}/jobs?start=import`)
    const table =
      'Email;Given name;locale;app_metadata\none@acme.example;One;de;\n\nno address;;;\ntwo@acme.example;;;gold\n'
    await page.waitForSelector('input[type=file]', { state: 'attached' })
    await page.setInputFiles('input[type=file]', { name: 'people.xlsx', mimeType: '', buffer: Buffer.from('PK') })
    await page.getByText('This is the own format of a spreadsheet').waitFor()
    assert.equal(await button(page, 'Check the file').isDisabled(), true)
    await page.setInputFiles('input[type=file]', {
      name: 'people.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(table),
    })
    await page.getByText('people.csv').waitFor()
    await button(page, 'Check the file').click()
    await page.getByText('The file is being checked').waitFor()
    await runner.runOnce()
    await page.getByText('1 would be new, 0 changed, 2 fail').first().waitFor()
    // By the rows of the spreadsheet, of which the first is the header and the third is empty.
    await page.getByRole('row', { name: /^4 no address email: Is not in the right form/ }).waitFor()
    await page.getByRole('row', { name: /^5 two@acme\.example/ }).waitFor()
    await checkPage(page, 'a file that was checked')
    const before = await api('GET', '/users-by-email?email=one@acme.example')
    assert.deepEqual(before, [])

    await button(page, 'Import 1 row').click()
    await page.getByText('You can close this window').waitFor()
    // The window is closed and opened again while the job goes on.
    const address = page.url()
    await page.goto('about:blank')
    await runner.runOnce()
    await page.goto(address)
    await page.getByRole('heading', { name: 'Rows that failed' }).waitFor()
    await checkPage(page, 'an import that has ended')
    await page.getByRole('row', { name: /^4 no address/ }).waitFor()
    const failed = await saved(page, 'Failed rows as a file')
    assert.ok(failed.includes('\r\n4,failed,no address,') && !failed.includes('one@acme.example'), failed)
    const [made] = await api('GET', '/users-by-email?email=one@acme.example')
    assert.deepEqual([made.given_name, made.user_metadata], ['One', { locale: 'de' }])
    await page.getByRole('link', { name: 'All imports and exports' }).click()
    await page.getByText('1 new, 0 changed, 2 failed').waitFor()
    await page.getByText('Amara Okafor').first().waitFor()
    await close()
  })

  it('exports the members with the fields that were chosen', async () => {
    const { page, close } = await signedIn(acme.auditor.email)
    await page.goto(`${home}/jobs?start=export`)
    await page.getByRole('checkbox', { name: 'Last sign-in' }).click()
    await page.getByRole('main').getByRole('button', { name: 'Export', exact: true }).click()
    await page.getByText('You can close this window').waitFor()
    await runner.runOnce()
    await button(page, 'Download').waitFor()
    const text = await saved(page, 'Download')
    const [header] = text.split('\n')
    assert.equal(header, '\ufeff"email","name","given_name","family_name","roles","blocked"')
    assert.ok(text.includes(`"'${acme.member.email}"`))
    assert.ok(text.includes('"\'Administrator"'))
    // Who reads only starts no import.
    await page.goto(`${home}/jobs?start=import`)
    await page.locator('[data-row]').first().waitFor()
    assert.equal(await button(page, /Import/).count(), 0)
    await close()
  })

  it('stops a job that waits', async () => {
    const { page, close } = await signedIn(acme.administrator.email)
    await page.goto(`${home}/jobs?start=export`)
    await page.getByRole('main').getByRole('button', { name: 'Export', exact: true }).click()
    await button(page, 'Stop…').click()
    await page.getByRole('dialog').getByRole('button', { name: 'Stop' }).click()
    await page.getByText('The job was cancelled. Nothing was changed.').waitFor()
    await close()
  })

  for (const { name, width, locale, colorScheme } of LOOKS) {
    it(`is accessible on every page: ${name}`, async () => {
      const options = { locale, colorScheme, viewport: { width, height: 700 } }
      const { page, close } = await signedIn(acme.administrator.email, options)
      const { jobs } = await api('GET', '/jobs')
      const paths = ['', '?start=export', '?start=import', ...jobs.map(({ id }: { id: string }) => `/${id}`)]
      assert.ok(paths.length > 5)
      for (const path of paths) {
        await page.goto(`${home}/jobs${path}`)
        await page.waitForSelector('h1')
        await checkPage(page, `${path}, ${name}`)
        assert.equal(await page.getByRole('alert').count(), 0, `${path} could not load something`)
      }
      await close()
    })
  }

  it('tells who may not read members which right is missing, and whoever looks for a job that is not there', async () => {
    const { page, close } = await signedIn(acme.member.email)
    await page.goto(`${home}/jobs?organization=${acme.id}`)
    await page.getByText('It needs the right “See members”').waitFor()
    await close()
    const { page: other, close: end } = await signedIn(acme.administrator.email)
    for (const id of ['job_nevernevernever1', 'job_0000000000000000', 'nothing']) {
      await other.goto(`${home}/jobs/${id}`)
      await other.getByRole('heading', { level: 1, name: 'No such job' }).waitFor()
      await checkPage(other, `no job: ${id}`)
      assert.equal(await other.getByRole('alert').count(), 0, 'nothing has failed')
    }
    await other.getByRole('main').getByRole('link', { name: 'All imports and exports' }).click()
    await other.locator('[data-row]').first().waitFor()
    await end()
  })
})
