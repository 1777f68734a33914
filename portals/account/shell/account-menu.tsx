/** The menu under the person's name: language, and the way out. */
import { Check, ChevronDown, LogOut } from 'lucide-react'
import { useEffect, useId, useRef, useState } from 'react'
import { Avatar } from '../../shared/components/avatar.tsx'
import { LANGUAGES, type Language } from '../../shared/language.ts'
import { useLanguage } from '../../shared/use-language.ts'
import { signOut } from '../auth.ts'
import { displayNameOf, useProfile } from '../profile.ts'
import { useSay } from '../texts/texts.ts'
import classes from './account-menu.module.css'
import { useSwitchLanguage } from './use-switch-language.ts'

/** Draws it. */
export function AccountMenu() {
  const say = useSay()
  const id = useId()
  const { data: profile } = useProfile()
  const { isOpen, toggle, place, button } = useOpening()
  const name = profile ? displayNameOf(profile) : ''
  return (
    <div className={classes.place} ref={place}>
      <button
        ref={button}
        type="button"
        className={classes.person}
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={toggle}
      >
        <Avatar name={name} size="small" />
        <span className={classes.name}>{name || say('portal.name')}</span>
        <ChevronDown aria-hidden />
      </button>
      <div id={id} className={classes.menu} hidden={!isOpen}>
        <LanguageItems onChosen={toggle} />
        <button type="button" className={classes.item} onClick={() => void signOut()}>
          <LogOut aria-hidden />
          {say('menu.sign_out')}
        </button>
      </div>
    </div>
  )
}

function LanguageItems({ onChosen }: { onChosen: () => void }) {
  const say = useSay()
  const present = useLanguage()
  const switchTo = useSwitchLanguage()
  // The entries are the table's own.
  const languages = Object.entries(LANGUAGES) as [Language, string][]
  const choose = (language: Language) => {
    switchTo(language)
    onChosen()
  }
  return (
    <ul className={classes.languages} aria-label={say('menu.language')}>
      {languages.map(([code, name]) => (
        <li key={code}>
          <button
            type="button"
            className={classes.item}
            lang={code}
            aria-current={code === present}
            onClick={() => choose(code)}
          >
            {code === present ? <Check aria-hidden /> : <span className={classes.gap} />}
            {name}
          </button>
        </li>
      ))}
    </ul>
  )
}

/** Whether the menu is open. It closes with Escape, which gives the focus back, and when the focus or a click goes elsewhere. */
function useOpening() {
  const [isOpen, setOpen] = useState(false)
  const place = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (!isOpen) return
    const controller = new AbortController()
    const { signal } = controller
    const leave = ({ target }: Event) => {
      if (target instanceof Node && !place.current?.contains(target)) setOpen(false)
    }
    document.addEventListener('pointerdown', leave, { signal })
    document.addEventListener('focusin', leave, { signal })
    const onKey = ({ key }: KeyboardEvent) => {
      if (key !== 'Escape') return
      setOpen(false)
      button.current?.focus()
    }
    document.addEventListener('keydown', onKey, { signal })
    return () => controller.abort()
  }, [isOpen])
  return { isOpen, toggle: () => setOpen(!isOpen), place, button }
}
