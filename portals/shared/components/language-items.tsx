/** The languages of a portal, in a menu. */
import { Check } from 'lucide-react'
import { LANGUAGES, type Language } from '../language.ts'
import { useLanguage, useSay } from '../use-language.ts'
import { MenuGap, MenuGroup, MenuItem } from './menu.tsx'

/** Draws them. */
export function LanguageItems({ onChoose }: { onChoose: (language: Language) => void }) {
  const say = useSay()
  const present = useLanguage()
  // The entries are the table's own.
  const languages = Object.entries(LANGUAGES) as [Language, string][]
  return (
    <MenuGroup name={say('shared.language')}>
      {languages.map(([code, name]) => (
        <li key={code}>
          <MenuItem
            icon={code === present ? <Check aria-hidden /> : <MenuGap />}
            isCurrent={code === present}
            lang={code}
            onClick={() => onChoose(code)}
          >
            {name}
          </MenuItem>
        </li>
      ))}
    </MenuGroup>
  )
}
