/** The foot of a group that is being edited: what has changed, what was before, and the two ways on. */
import { Button } from '@mantine/core'
import { useSay } from '../use-language.ts'
import { LeaveGuard } from './leave-guard.tsx'
import { useOnline } from './offline-banner.tsx'
import classes from './save-bar.module.css'

/** A change: what it is about, and how it was before; empty when there was nothing. */
export type Change = { name: string; before: string }

const MOST_SHOWN = 32

/** Draws it. The button that saves belongs to the form around it. */
export function SaveBar({ changes, isSaving, onDiscard }: SaveBarProps) {
  const say = useSay()
  const isOnline = useOnline()
  const count = changes.length
  const before = changes.map(({ name, before }) =>
    before === '' ? say('shared.was_empty', { name }) : say('shared.was', { name, value: shortened(before) }),
  )
  return (
    <div className={classes.bar}>
      <LeaveGuard isUnsaved={count > 0} />
      <p className={classes.changes} role="status">
        <strong>{count === 0 ? say('shared.no_changes') : say('shared.changes', { count })}</strong>
        <span>{before.join(', ')}</span>
      </p>
      <div className={classes.acts}>
        <Button variant="subtle" onClick={onDiscard}>
          {count === 0 ? say('shared.close') : say('shared.discard')}
        </Button>
        <Button type="submit" variant="filled" disabled={count === 0 || !isOnline} loading={isSaving}>
          {say('shared.save')}
        </Button>
      </div>
    </div>
  )
}

function shortened(text: string): string {
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text
}

type SaveBarProps = { changes: readonly Change[]; isSaving: boolean; onDiscard: () => void }

/** The mark of a field that has been changed. */
export function ChangedMark() {
  const say = useSay()
  return <span className={classes.mark} role="img" aria-label={say('shared.changed')} />
}
