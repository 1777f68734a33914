/** A note that shows itself while something has the focus or the pointer over it; Escape puts it away. */
import { type ReactNode, useEffect, useId, useRef, useState } from 'react'
import classes from './tip.module.css'

const GAP = 8

/** Draws what it is about; the note is read out with it. */
export function Tip({ note, children }: { note: string; children: ReactNode }) {
  const id = useId()
  const [isShown, setShown] = useState(false)
  const bubble = useRef<HTMLSpanElement>(null)
  useEffect(() => {
    if (!isShown) return
    keepInWindow(bubble.current)
    const onKey = ({ key }: KeyboardEvent) => {
      if (key === 'Escape') setShown(false)
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [isShown])
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only shows what is read out anyway.
    <span
      className={classes.place}
      onMouseEnter={() => setShown(true)}
      onMouseLeave={() => setShown(false)}
      onFocus={() => setShown(true)}
      onBlur={() => setShown(false)}
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the note has to be reached by keyboard too. */}
      <span className={classes.about} tabIndex={0} aria-describedby={id}>
        {children}
      </span>
      <span ref={bubble} id={id} role="tooltip" className={classes.tip} hidden={!isShown}>
        {note}
      </span>
    </span>
  )
}

/** Moves it to the left as far as it would stand out at the right. */
function keepInWindow(element: HTMLElement | null): void {
  if (!element) return
  element.style.translate = ''
  const { right } = element.getBoundingClientRect()
  const over = right + GAP - document.documentElement.clientWidth
  if (over > 0) element.style.translate = `${-over}px 0`
}
