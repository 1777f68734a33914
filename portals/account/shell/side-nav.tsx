/** The pages, and on phones what stands in the menu of the header otherwise. */
import { Link } from '@tanstack/react-router'
import { LogOut } from 'lucide-react'
import { LANGUAGES, type Language } from '../../shared/language.ts'
import { useLanguage } from '../../shared/use-language.ts'
import { signOut } from '../auth.ts'
import { type TextKey, useSay } from '../texts/texts.ts'
import classes from './side-nav.module.css'
import { useSwitchLanguage } from './use-switch-language.ts'

/** TABLE: the pages in their groups. */
const GROUPS = [
  [
    { to: '/', key: 'nav.overview' },
    { to: '/personal', key: 'nav.personal' },
  ],
  [
    { to: '/security', key: 'nav.security' },
    { to: '/activity', key: 'nav.activity' },
    { to: '/privacy', key: 'nav.privacy' },
  ],
] as const satisfies { to: string; key: TextKey }[][]

/** Draws them. @param onChoose a page was chosen, the present one perhaps */
export function SideNav({ onChoose }: { onChoose: () => void }) {
  const say = useSay()
  return (
    <>
      <nav aria-label={say('nav.label')}>
        {GROUPS.map((group) => (
          <ul key={group[0].to} className={classes.group}>
            {group.map(({ to, key }) => (
              <li key={to}>
                <Link
                  to={to}
                  className={classes.item}
                  onClick={onChoose}
                  activeOptions={{ exact: true }}
                  activeProps={{ className: classes.current ?? '', 'aria-current': 'page' }}
                >
                  {say(key)}
                </Link>
              </li>
            ))}
          </ul>
        ))}
      </nav>
      <div className={classes.narrow}>
        <Languages />
        <button type="button" className={classes.item} onClick={() => void signOut()}>
          <LogOut aria-hidden />
          {say('shared.sign_out')}
        </button>
      </div>
    </>
  )
}

function Languages() {
  const present = useLanguage()
  const switchTo = useSwitchLanguage()
  // The entries are the table's own.
  const languages = Object.entries(LANGUAGES) as [Language, string][]
  return languages
    .filter(([code]) => code !== present)
    .map(([code, name]) => (
      <button key={code} type="button" className={classes.item} lang={code} onClick={() => switchTo(code)}>
        {name}
      </button>
    ))
}
