import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startTestServer } from '../../test/harness.ts'
import { MANAGEMENT_ROUTES } from '../app.ts'

// biome-ignore lint/suspicious/noExplicitAny: the document is walked as whoever reads it would.
type Document = any

describe('the description of the Management API', async () => {
  const { call } = await startTestServer()
  const { status, body, headers } = await call('GET', '/api/v2/openapi.json', { as: null })
  const document: Document = body
  const operations: Document[] = Object.entries<Document>(document.paths).flatMap(([path, methods]) =>
    Object.entries<Document>(methods).map(([method, operation]) => ({ path, method, ...operation })),
  )

  it('is there for everybody and describes every route', () => {
    assert.equal(status, 200)
    assert.match(String(headers['content-type']), /^application\/json/)
    assert.equal(document.openapi, '3.1.0')
    assert.deepEqual(
      operations.map(({ operationId }) => operationId).sort(),
      MANAGEMENT_ROUTES.map(({ operationId }) => operationId).sort(),
    )
  })

  it('declares every parameter of a path, and refers to nothing that is not in it', () => {
    for (const { path, parameters, operationId } of operations) {
      const inPath = parameters.filter((parameter: Document) => parameter.in === 'path')
      assert.deepEqual(
        inPath.map(({ name }: Document) => name).sort(),
        [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]: string[]) => name).sort(),
        operationId,
      )
    }
    for (const [, reference = ''] of JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const found = reference.split('/').reduce((part, name) => part?.[name], document)
      assert.ok(found, reference)
    }
  })

  it('says who may call, with what, and what comes back, errors included', () => {
    const { get } = document.paths['/logs']
    assert.deepEqual(get.security, [{ oauth2: ['read:logs'] }, { oauth2: ['read:logs_users'] }])
    const { post } = document.paths['/keys/signing/rotate']
    assert.deepEqual(post.security, [{ oauth2: ['create:signing_keys', 'update:signing_keys'] }])
    assert.deepEqual(post.responses[201].content['application/json'].schema.required, ['cert', 'kid'])
    assert.deepEqual(Object.keys(post.responses), ['201', '400', '401', '403', '409', '429', '503'])
    const error = document.components.responses.Forbidden.content['application/json'].schema
    assert.deepEqual(error, { $ref: '#/components/schemas/Error' })
    const take = get.parameters.find(({ name }: Document) => name === 'take')
    assert.deepEqual([take.in, take.required, take.schema.maximum], ['query', false, 100])
  })
})
