/** The menu under the person's name: language, the account, and the way out. */
import { CircleUser, Keyboard, LogOut } from 'lucide-react'
import { Avatar } from '../../shared/components/avatar.tsx'
import { LanguageItems } from '../../shared/components/language-items.tsx'
import { Menu, MenuGroup, MenuItem } from '../../shared/components/menu.tsx'
import { chooseLanguage } from '../../shared/language.ts'
import { PUBLIC_URL } from '../../shared/page-facts.ts'
import { useAccess } from '../access.ts'
import { signOut } from '../auth.ts'
import { usePerson } from '../data.ts'
import { useSay } from '../texts/texts.ts'
import classes from './account-menu.module.css'
import { openKeyHelp } from './keys.tsx'

/** Draws it. */
export function AccountMenu() {
  const say = useSay()
  const { organizationId } = useAccess()
  const { data: person } = usePerson()
  const name = person?.name || person?.email || ''
  return (
    <Menu
      look="wide"
      up
      button={
        <>
          <Avatar name={name} size="small" />
          <span className={classes.who}>
            <span className={classes.name}>{name || say('menu.account')}</span>
            {person?.email && person.email !== name && <small className={classes.mail}>{person.email}</small>}
          </span>
        </>
      }
    >
      {(close) => (
        <>
          <LanguageItems
            onChoose={(language) => {
              chooseLanguage(language)
              close()
            }}
          />
          <MenuGroup>
            <li>
              <MenuItem icon={<CircleUser aria-hidden />} onClick={() => location.assign(`${PUBLIC_URL}/account`)}>
                {say('menu.own_account')}
              </MenuItem>
            </li>
            {organizationId && (
              <li>
                <MenuItem
                  icon={<Keyboard aria-hidden />}
                  onClick={() => {
                    close()
                    openKeyHelp()
                  }}
                >
                  {say('keys.title')}
                </MenuItem>
              </li>
            )}
            <li>
              <MenuItem icon={<LogOut aria-hidden />} onClick={() => void signOut()}>
                {say('shared.sign_out')}
              </MenuItem>
            </li>
          </MenuGroup>
        </>
      )}
    </Menu>
  )
}
