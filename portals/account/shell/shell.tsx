/** What stands around every page: whose account it is, the way to the other pages, and the way out. */
import { Link, Outlet } from '@tanstack/react-router'
import { Menu as MenuIcon, X } from 'lucide-react'
import { ZoneProvider } from '../../shared/components/moment.tsx'
import { textOf } from '../../shared/fields/field.ts'
import { TENANT } from '../../shared/page-facts.ts'
import { SkipLink } from '../../shared/shell/skip-link.tsx'
import { usePhoneMenu } from '../../shared/shell/use-phone-menu.ts'
import { OWN_ZONE } from '../../shared/time.ts'
import { fieldOf, useProfile } from '../profile.ts'
import { useSay } from '../texts/texts.ts'
import { AccountMenu } from './account-menu.tsx'
import classes from './shell.module.css'
import { SideNav } from './side-nav.tsx'

/** Draws it. */
export function Shell() {
  const say = useSay()
  const { data: profile } = useProfile()
  const { isOpen, toggle, turn, close } = usePhoneMenu('menu')
  const zone = profile && fieldOf(profile, 'zoneinfo')
  return (
    <ZoneProvider value={(zone && textOf(zone)) || OWN_ZONE}>
      <SkipLink />
      <header className={classes.header}>
        <div className={classes.bar}>
          <Link to="/" className={classes.brand}>
            <span className={classes.mark} aria-hidden="true">
              {letterOf(TENANT)}
            </span>
            <span className={classes.tenant}>{TENANT}</span>
            <span className={classes.portal}>{say('portal.name')}</span>
          </Link>
          <div className={classes.wide}>
            <AccountMenu />
          </div>
          <button
            ref={toggle}
            type="button"
            className={classes.toggle}
            aria-expanded={isOpen}
            aria-controls="menu"
            aria-label={say('shared.menu')}
            onClick={turn}
          >
            {isOpen ? <X aria-hidden /> : <MenuIcon aria-hidden />}
          </button>
        </div>
      </header>
      <div className={classes.body}>
        <div id="menu" className={isOpen ? classes.side : `${classes.side} ${classes.closed}`}>
          <SideNav onChoose={close} />
        </div>
        <main id="main" className={classes.main} tabIndex={-1}>
          <Outlet />
        </main>
      </div>
    </ZoneProvider>
  )
}

function letterOf(name: string): string {
  return (name.match(/[\p{L}\p{N}]/u)?.[0] ?? '').toUpperCase()
}
