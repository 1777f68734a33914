/** For tests of terms: publishing them by the Management API. */
import assert from 'node:assert/strict'
import type { TestServer } from '../../test/harness.ts'

type Body = Record<string, unknown>

/** What publishes terms on a test's server. */
export function publisher({ call }: Pick<TestServer, 'call'>) {
  let number = 0

  /** Publishes the next version, in English unless texts are given. @returns its number */
  async function publish(id: string, version: Body = {}): Promise<number> {
    const texts = { en: { title: 'Terms of use', body: 'Be kind.' } }
    const { status, body, text } = await call('POST', `/api/v2/terms/${id}/versions`, { body: { texts, ...version } })
    assert.equal(status, 201, text)
    return Number(body.version)
  }

  /** Makes terms, with a first version unless that is null. @returns their id */
  async function makeTerms(more: Body = {}, version: Body | null = {}): Promise<string> {
    number += 1
    const terms = { name: `terms-${number}`, required: true, ...more }
    const { status, body, text } = await call('POST', '/api/v2/terms', { body: terms })
    assert.equal(status, 201, text)
    const id = String(body.id)
    if (version) await publish(id, version)
    return id
  }

  /** Asks for them no more, so that the next test is asked for its own alone. */
  async function retire(...ids: string[]): Promise<void> {
    for (const id of ids) await call('PATCH', `/api/v2/terms/${id}`, { body: { retired: true } })
  }

  return { makeTerms, publish, retire }
}
