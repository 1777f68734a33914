import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fastify from 'fastify'
import { startTestServer } from '../../test/harness.ts'
import { ApiError } from '../http/errors.ts'
import { problemHandler } from './problems.ts'

describe('the page that says that there were too many tries', async () => {
  const { server } = await startTestServer()
  const pages = fastify()
  pages.setErrorHandler(problemHandler(server, 'page'))
  pages.get<{ Params: { seconds: string } }>('/:seconds', async ({ params }) => {
    throw new ApiError('too_many_requests', { retryAfterSeconds: Number(params.seconds) })
  })

  it('names the seconds to wait, and a single one as people say it', async () => {
    for (const [seconds, language, said] of [
      [1, 'en', 'Wait a second, then'],
      [2, 'en', 'Wait 2 seconds, then'],
      [1, 'de', 'Warten Sie eine Sekunde und'],
      [2, 'de', 'Warten Sie 2 Sekunden und'],
    ] as const) {
      const { statusCode, body } = await pages.inject({ url: `/${seconds}`, headers: { 'accept-language': language } })
      assert.equal(statusCode, 429)
      assert.ok(body.includes(said), body)
    }
  })
})
