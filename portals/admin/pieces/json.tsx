/** JSON as it is read: keys, texts and numbers told apart. */
import type { ReactNode } from 'react'
import classes from './json.module.css'

const PIECES = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null)\b|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/g

/** Draws it. */
export function Json({ value }: { value: unknown }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it may scroll sideways, and is reached by keyboard for that.
    <pre className={classes.json} tabIndex={0}>
      {coloured(JSON.stringify(value, null, 2))}
    </pre>
  )
}

function coloured(text: string): ReactNode[] {
  const nodes: ReactNode[] = []
  let at = 0
  for (const found of text.matchAll(PIECES)) {
    const [whole, quoted, colon] = found
    nodes.push(text.slice(at, found.index))
    const kind = quoted ? (colon ? classes.key : classes.text) : classes.number
    nodes.push(
      <span key={found.index} className={kind}>
        {quoted ?? whole}
      </span>,
      colon ?? '',
    )
    at = found.index + whole.length
  }
  return [...nodes, text.slice(at)]
}
