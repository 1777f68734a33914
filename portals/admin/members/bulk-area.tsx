/** What can be done with the chosen members, and what came of it. */
import { useState } from 'react'
import { Banner } from '../pieces/banner.tsx'
import { useSay } from '../texts/texts.ts'
import type { BulkRun } from './bulk.ts'
import { BulkBar } from './bulk-bar.tsx'
import { BulkDialog, type BulkPlan } from './bulk-dialog.tsx'
import { useExport } from './export.ts'
import { Outcomes, OutcomesFile } from './outcomes.tsx'
import type { MemberSelection } from './use-selection.ts'

/** Draws it. */
export function BulkArea({ selection, query, total, shown }: BulkAreaProps) {
  const say = useSay()
  const [plan, setPlan] = useState<BulkPlan>()
  const [result, setResult] = useState<{ plan: BulkPlan; of: BulkRun }>()
  const { exportRows } = useExport(shown)
  const done = (of: BulkRun) => {
    if (plan) setResult({ plan, of })
    setPlan(undefined)
    // Whoever was not reached stays at hand.
    selection.keep(of.unreached)
    document.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true })
  }
  const left = result ? result.of.results.filter(({ outcome }) => outcome !== 'done') : []
  return (
    <>
      {result && (
        <Banner
          tone={result.of.done > 0 && !result.of.ending ? 'ok' : 'warn'}
          onClose={() => setResult(undefined)}
          more={
            <>
              <Outcomes results={left} plan={result.plan} />
              <OutcomesFile results={result.of.results} plan={result.plan} />
            </>
          }
          moreName={left.length > 0 ? say('bulk.see_left', { count: left.length }) : ''}
        >
          <strong>
            {say(`bulk.${result.plan.action}_done`, { count: result.of.done, total: result.plan.members.length })}
          </strong>{' '}
          {left.length > 0 && say('bulk.left', { count: left.length })}{' '}
          {result.of.ending && say(`bulk.ended_${result.of.ending}`, { count: result.of.unreached.length })}
        </Banner>
      )}
      {selection.members.size > 0 && (
        <BulkBar
          selection={selection}
          query={query}
          total={total}
          onPlan={(next) => {
            setResult(undefined)
            setPlan(next)
          }}
          onExport={() => void exportRows(query, [...selection.members.values()])}
        />
      )}
      {plan && <BulkDialog plan={plan} onClose={() => setPlan(undefined)} onDone={done} />}
    </>
  )
}

type BulkAreaProps = {
  selection: MemberSelection
  query: { q: string | undefined; sort: string }
  total: number
  shown: ReadonlySet<string>
}
