/**
 * Random walks over the steps of signing in, out of order, twice, on two tabs, in another browser, with what belongs to
 * somebody else. FLOW_WALKS says how many, FLOW_STEPS of how many steps each, FLOW_SEED with which one
 * to begin; a failing walk prints its seed and its steps.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { foundOtherwise } from './snapshot.ts'
import { takeWalk } from './walk.ts'
import { makeWorld } from './world.ts'

const { FLOW_SEED, FLOW_WALKS = FLOW_SEED === undefined ? '200' : '1', FLOW_STEPS = '10' } = process.env
const AT_ONCE = 4
/** What has to have come to be in so many walks; else they would show nothing. */
const KINDS = [
  ...['session', 'code', 'tokens', 'refresh token', 'verified address', 'password', 'consent', 'link', 'refusal'],
  ...['forgotten failures', 'address', 'unblocking', 'membership', 'member role', 'code of an organization'],
]

describe('every step of signing in, in any order', async () => {
  const world = await makeWorld()

  it('gives nothing without its proof, answers nothing with a fault, and changes nothing where it refuses', async () => {
    const seeds = Array.from({ length: Number(FLOW_WALKS) }, (_, at) => Number(FLOW_SEED ?? 1) + at)
    const lane = async () => {
      for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) {
        await takeWalk(world, seed, Number(FLOW_STEPS))
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, lane))
    assert.deepEqual(await foundOtherwise(world.test.db), [], 'searches find what the users themselves say')
    if (Number(FLOW_WALKS) < 100) return
    for (const kind of KINDS) assert.ok((world.seen.get(kind) ?? 0) > 0, `no walk came to a ${kind}`)
  })
})
