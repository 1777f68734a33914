/** The organization that the pages are about, and the way to the others that the person belongs to. */
import { Check, ChevronsUpDown } from 'lucide-react'
import { Menu, MenuGap, MenuGroup, MenuItem } from '../../shared/components/menu.tsx'
import { TENANT } from '../../shared/page-facts.ts'
import { useAccess } from '../access.ts'
import { BASE, signIn } from '../auth.ts'
import { useOrganization, useOrganizationName, useOwnOrganizations } from '../data.ts'
import { OrganizationMark } from '../pieces/organization-mark.tsx'
import { useSay } from '../texts/texts.ts'
import classes from './organization-menu.module.css'

/** Draws it; without others there is nothing to open. */
export function OrganizationMenu() {
  const say = useSay()
  const { organizationId } = useAccess()
  const { data: organization } = useOrganization()
  const name = useOrganizationName() || (organizationId ? '' : TENANT)
  const { data: own = [] } = useOwnOrganizations()
  const others = own.filter(({ id }) => id !== organizationId)
  const words = (
    <>
      <OrganizationMark name={name} logo={organization?.branding?.logo_url} />
      <span className={classes.words}>
        <span className={classes.name}>{name}</span>
        <small className={classes.portal}>{say('portal.name')}</small>
      </span>
    </>
  )
  if (others.length === 0 || !organizationId) return <div className={classes.alone}>{words}</div>
  return (
    <Menu
      look="wide"
      button={
        <>
          {words}
          <ChevronsUpDown aria-hidden />
        </>
      }
    >
      {(close) => (
        <MenuGroup name={say('menu.organizations')}>
          {own.map((one) => (
            <li key={one.id}>
              <MenuItem
                icon={one.id === organizationId ? <Check aria-hidden /> : <MenuGap />}
                isCurrent={one.id === organizationId}
                onClick={() => {
                  if (one.id === organizationId) close()
                  // Whoever stays for what is not saved has chosen that.
                  else void signIn({ organization: one.id, path: BASE }).catch(() => undefined)
                }}
              >
                {one.display_name || one.name}
              </MenuItem>
            </li>
          ))}
        </MenuGroup>
      )}
    </Menu>
  )
}
