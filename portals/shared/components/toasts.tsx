/** Short notes at the foot of the window, one after another in the order they came; some can be undone for ten seconds. */
import { CircleAlert, X } from 'lucide-react'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { useSay } from '../use-language.ts'
import classes from './toasts.module.css'

/** A note. With `onUndo` it offers to take the act back. */
export type Toast = { text: string; isProblem?: boolean; onUndo?: () => void }

type Shown = Toast & { id: number }

const SECONDS = 10
let shown: readonly Shown[] = []
let lastId = 0
const listeners = new Set<() => void>()

/** Shows a note. An older one that could be undone goes: only the last act can be taken back. */
export function showToast(toast: Toast): void {
  lastId += 1
  change([...shown.filter(({ onUndo }) => !onUndo), { ...toast, id: lastId }].slice(-3))
}

/** The region of all notes; stands in the page once, from its beginning, so that what comes is read out. */
export function ToastRegion() {
  const toasts = useSyncExternalStore(subscribe, () => shown)
  return (
    <div className={classes.region} role="status">
      {toasts.map((toast) => (
        <ToastCard key={toast.id} toast={toast} />
      ))}
    </div>
  )
}

function ToastCard({ toast }: { toast: Shown }) {
  const say = useSay()
  const [seconds, setSeconds] = useState(SECONDS)
  const [isHeld, setHeld] = useState(false)
  const close = () => change(shown.filter(({ id }) => id !== toast.id))
  useEffect(() => {
    if (isHeld) return
    const timer = setInterval(() => setSeconds((left) => left - 1), 1_000)
    return () => clearInterval(timer)
  }, [isHeld])
  useEffect(() => {
    if (seconds <= 0) change(shown.filter(({ id }) => id !== toast.id))
  }, [seconds, toast.id])
  const { onUndo } = toast
  const undo = () => {
    close()
    // The button that has the focus goes.
    document.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true })
    onUndo?.()
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the time stands still while somebody reads or reaches for it.
    <div
      className={classes.toast}
      onMouseEnter={() => setHeld(true)}
      onMouseLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      {toast.isProblem && <CircleAlert aria-hidden className={classes.problem} />}
      <span className={classes.text}>{toast.text}</span>
      {onUndo ? (
        <>
          <button type="button" className={classes.undo} onClick={undo}>
            {say('shared.undo')}
          </button>
          <span className={classes.seconds} aria-hidden="true">
            {say('shared.seconds', { count: seconds })}
          </span>
        </>
      ) : (
        <button type="button" className={classes.close} onClick={close} aria-label={say('shared.dismiss')}>
          <X aria-hidden />
        </button>
      )}
    </div>
  )
}

function change(next: readonly Shown[]): void {
  shown = next
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
