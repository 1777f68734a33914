/** The menu under the person's name: language, and the way out. */
import { ChevronDown, LogOut } from 'lucide-react'
import { Avatar } from '../../shared/components/avatar.tsx'
import { LanguageItems } from '../../shared/components/language-items.tsx'
import { Menu, MenuGroup, MenuItem } from '../../shared/components/menu.tsx'
import { signOut } from '../auth.ts'
import { displayNameOf, useProfile } from '../profile.ts'
import { useSay } from '../texts/texts.ts'
import classes from './account-menu.module.css'
import { useSwitchLanguage } from './use-switch-language.ts'

/** Draws it. */
export function AccountMenu() {
  const say = useSay()
  const { data: profile } = useProfile()
  const switchTo = useSwitchLanguage()
  const name = profile ? displayNameOf(profile) : ''
  return (
    <Menu
      side="end"
      button={
        <>
          <Avatar name={name} size="small" />
          <span className={classes.name}>{name || say('portal.name')}</span>
          <ChevronDown aria-hidden />
        </>
      }
    >
      {(close) => (
        <>
          <LanguageItems
            onChoose={(language) => {
              switchTo(language)
              close()
            }}
          />
          <MenuGroup>
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
