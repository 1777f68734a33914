/** `tenantry audit verify`: checks the sealed log, beside a running server or without one. */
import { StartError } from '../base/start-error.ts'
import { FAULTS } from '../logs/seals/fault.ts'
import { type Verified, verifyLog } from '../logs/seals/verify.ts'
import { withTenant } from './open-tenant.ts'
import { counted, progressBar, type Result, type Telling } from './terminal.ts'

/** Two links, one of each chain: a number and the beginning of its hash. */
const MARK = /^\d+\.[\w-]*\/\d+\.[\w-]*$/

/** Does it. Fails when anything is wrong, and says what was found first. */
export async function verifyAudit({ mark, ...telling }: Telling & { mark?: string }): Promise<Result> {
  if (mark !== undefined && !MARK.test(mark)) {
    throw new StartError('That is no mark. Take the last line of an earlier check, such as 12.Qx…/340.b7…')
  }
  return await withTenant(async ({ database, secrets }) => {
    const bar = progressBar('Checking', telling)
    try {
      const verified = await verifyLog(database, await secrets(), {
        ...(mark === undefined ? {} : { mark }),
        progress: (checked, of) => bar.show(checked, of, counted(checked, 'entry', 'entries')),
      })
      return { words: inWords(verified), facts: factsOf(verified), isFailure: !verified.whole }
    } finally {
      bar.end()
    }
  })
}

function factsOf({ fault, ...verified }: Verified): object {
  return { ...verified, fault: fault && { ...fault, problem: FAULTS[fault.kind] } }
}

function inWords(verified: Verified): string {
  const { fault, checked, blanked, forgotten, late, first_late_id, waiting, sealed_up_to, mark } = verified
  const entries = (count: number) => counted(count, 'entry', 'entries')
  const first = fault === null ? 'The log is whole.' : `THE LOG IS NOT WHOLE. ${placeOf(fault)}${FAULTS[fault.kind]}`
  const more = fault?.more ? [`Of it is known: ${JSON.stringify(fault.more)}`] : []
  return [
    first,
    ...more,
    `${entries(checked)} checked; sealed up to ${sealed_up_to ?? 'nowhere yet'}, ${entries(waiting)} not sealed yet.`,
    ...(blanked > 0 ? [`${entries(blanked)} without what was personal, which was blanked.`] : []),
    ...(forgotten > 0 ? [`${entries(forgotten)} forgotten by retention.`] : []),
    ...(late > 0
      ? [`${entries(late)} sealed late, the first ${first_late_id}: nothing protected them until then.`]
      : []),
    `Mark: ${mark}`,
  ].join('\n')
}

function placeOf({ log_id, date }: NonNullable<Verified['fault']>): string {
  return log_id === null ? '' : `${log_id} (${date ?? 'no date'}): `
}
