/** What stands around every page: the organization, the way to the other pages, and who is signed in. */
import { Link, Outlet } from '@tanstack/react-router'
import { Menu as MenuIcon, Search, X } from 'lucide-react'
import { TENANT } from '../../shared/page-facts.ts'
import { SkipLink } from '../../shared/shell/skip-link.tsx'
import { usePhoneMenu } from '../../shared/shell/use-phone-menu.ts'
import { useAccess } from '../access.ts'
import { useOrganization, useOrganizationName } from '../data.ts'
import { OrganizationMark } from '../pieces/organization-mark.tsx'
import { useSay } from '../texts/texts.ts'
import { AccountMenu } from './account-menu.tsx'
import { ChooseOrganization } from './choose-organization.tsx'
import { Keys } from './keys.tsx'
import { OrganizationMenu } from './organization-menu.tsx'
import { openPalette, Palette, PaletteButton } from './palette.tsx'
import classes from './shell.module.css'
import { SideNav } from './side-nav.tsx'
import { useAccent } from './use-accent.ts'

/** Draws it. */
export function Shell() {
  const say = useSay()
  const { organizationId } = useAccess()
  const { data: organization } = useOrganization()
  const name = useOrganizationName()
  const { isOpen, toggle, turn, close } = usePhoneMenu('side')
  useAccent(organizationId, organization && (organization.branding?.colors?.primary ?? ''))
  return (
    <div className={classes.frame}>
      <SkipLink />
      <header className={classes.top}>
        <Link to="/" className={classes.brand}>
          <OrganizationMark name={name || TENANT} logo={organization?.branding?.logo_url} />
          <span className={classes.name}>{name || TENANT}</span>
        </Link>
        {organizationId && (
          <button type="button" className={classes.toggle} aria-label={say('palette.title')} onClick={openPalette}>
            <Search aria-hidden />
          </button>
        )}
        <button
          ref={toggle}
          type="button"
          className={classes.toggle}
          aria-expanded={isOpen}
          aria-controls="side"
          aria-label={say('shared.menu')}
          onClick={turn}
        >
          {isOpen ? <X aria-hidden /> : <MenuIcon aria-hidden />}
        </button>
      </header>
      <aside
        id="side"
        aria-label={say('portal.name')}
        className={isOpen ? classes.side : `${classes.side} ${classes.closed}`}
      >
        <OrganizationMenu />
        {organizationId && <PaletteButton />}
        {organizationId && <SideNav onChoose={close} />}
        <div className={classes.foot}>
          <AccountMenu />
        </div>
      </aside>
      <main id="main" className={classes.main} tabIndex={-1}>
        <div className={classes.page}>{organizationId ? <Outlet /> : <ChooseOrganization />}</div>
      </main>
      {organizationId && <Palette />}
      {organizationId && <Keys />}
    </div>
  )
}
