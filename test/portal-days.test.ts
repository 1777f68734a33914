/** Days in the portals: of the calendar, of a reader's zone, and as they stand in addresses. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { activityQuery } from '../portals/admin/activity/query.ts'
import { beginOfDay, dayIn, endOfDay, isDay } from '../portals/shared/days.ts'

const ZONES = ['UTC', 'Europe/Berlin', 'America/Los_Angeles', 'Australia/Sydney', 'Pacific/Kiritimati', 'Asia/Kolkata']

describe('days in the portals', () => {
  it('begin and end within themselves wherever the reader is, also when the clocks are put forward or back', () => {
    for (const zone of ZONES) {
      // The last is the day on which Sydney puts its clocks forward; Berlin and Los Angeles have theirs before it.
      for (const day of ['2026-12-31', '2026-03-29', '2026-10-25', '2026-11-01', '2026-10-04']) {
        const [begin, end] = [beginOfDay(day, zone), endOfDay(day, zone)]
        assert.equal(dayIn(begin, zone), day, `${day} begins in ${zone}`)
        assert.equal(dayIn(end, zone), day, `${day} ends in ${zone}`)
        assert.notEqual(dayIn(new Date(Date.parse(begin) - 1).toISOString(), zone), day, `before ${day} in ${zone}`)
        assert.notEqual(dayIn(new Date(Date.parse(end) + 1).toISOString(), zone), day, `after ${day} in ${zone}`)
      }
    }
  })

  it('are told from anything else that stands in an address', () => {
    assert.ok(isDay('2026-02-28'))
    for (const text of [undefined, '', 'xyz', '2026-02-30', '2026-13-01', '2026-1-1', '2026-02-28T10:00:00Z']) {
      assert.equal(isDay(text), false, text)
    }
    const query = (from: string, to?: string) => activityQuery({ from, to }, { now: Date.now(), zone: 'Europe/Berlin' })
    assert.doesNotMatch(query('xyz'), /date:/)
    assert.match(query('xyz', '2026-01-31'), /^date:\[\* TO 2026-01-31T22:59:59\.999Z\]/)
  })
})
