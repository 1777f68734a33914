import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { explain } from './explain.ts'

describe('the end of a start', () => {
  it('is explained in words where PostgreSQL is the reason, and by its place where we are', () => {
    const postgres = (code: string) => explain(Object.assign(new Error('as it says'), { code }))
    assert.match(postgres('25006'), /^PostgreSQL takes no changes \(as it says\)\. .* no standby\.$/)
    assert.match(postgres('53300'), /^PostgreSQL takes no more connections \(as it says\)\. .*DATABASE_CONNECTIONS/)
    for (const code of ['53100', '57P01']) assert.match(postgres(code), /^PostgreSQL cannot serve at present/)
    assert.match(postgres('42501'), /owner of the database/)
    for (const code of ['ENOENT', '23505', '']) assert.match(postgres(code), /a fault of its own.*\n.*as it says\n/)
  })
})
