import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useSay } from '../use-language.ts'
import classes from './copy-button.module.css'

const SHOWN_MILLISECONDS = 2_000

/** Copies a text, and says so. @param what the text is, for those who hear the button */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const say = useSay()
  const [isCopied, setCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return
    const timer = setTimeout(() => setCopied(false), SHOWN_MILLISECONDS)
    return () => clearTimeout(timer)
  }, [isCopied])
  const copy = () => {
    navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      () => setCopied(false),
    )
  }
  return (
    <>
      <button type="button" className={classes.button} onClick={copy} aria-label={`${say('shared.copy')}: ${what}`}>
        {isCopied ? <Check aria-hidden /> : <Copy aria-hidden />}
      </button>
      <span role="status" className={classes.said}>
        {isCopied && say('shared.copied')}
      </span>
    </>
  )
}
