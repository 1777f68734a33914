import assert from 'node:assert/strict'
import { it } from 'node:test'
import { newLogId } from './ids.ts'

it('a log id has 54 digits and is greater than the ones before, also when the clock goes back', (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 86_400_000 })
  const ids = [newLogId(), newLogId()]
  t.mock.timers.setTime(Date.now() - 86_400_000)
  ids.push(newLogId(), newLogId())
  t.mock.timers.setTime(Date.now() + 172_800_000)
  ids.push(newLogId())
  assert.deepEqual([...ids].sort(), ids)
  for (const id of ids) assert.match(id, /^900\d{51}$/)
})
