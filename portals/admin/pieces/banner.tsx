/** What came of an act: done, and left out; or something to know before one. */
import { Check, Info, TriangleAlert, X } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useSay } from '../texts/texts.ts'
import classes from './banner.module.css'

const ICONS = { ok: Check, note: Info, warn: TriangleAlert } as const

/** Draws it. @param more what can be looked at besides */
export function Banner({ tone, children, more, moreName, onClose }: BannerProps) {
  const say = useSay()
  const [isOpen, setOpen] = useState(false)
  const Icon = ICONS[tone]
  return (
    <div className={`${classes.banner} ${classes[tone]}`} role="status">
      <Icon aria-hidden />
      <div className={classes.text}>
        <div>{children}</div>
        {more && moreName && (
          <button type="button" className={classes.more} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {moreName}
          </button>
        )}
        {isOpen && more}
      </div>
      {onClose && (
        <button type="button" className={classes.close} onClick={onClose} aria-label={say('shared.dismiss')}>
          <X aria-hidden />
        </button>
      )}
    </div>
  )
}

type BannerProps = {
  tone: keyof typeof ICONS
  children: ReactNode
  more?: ReactNode
  moreName?: string
  onClose?: () => void
}
