/** The menu under the person's name: language, and the way out. */
import { Check, ChevronDown, LogOut } from 'lucide-react'
import { useId } from 'react'
import { Avatar } from '../../shared/components/avatar.tsx'
import { LANGUAGES, type Language } from '../../shared/language.ts'
import { useLanguage } from '../../shared/use-language.ts'
import { useOpening } from '../../shared/use-opening.ts'
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
          {say('shared.sign_out')}
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
    <ul className={classes.languages} aria-label={say('shared.language')}>
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
