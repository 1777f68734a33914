/** The way to the pages that the person may open, with how much there is on them. */
import { Link } from '@tanstack/react-router'
import { useMay } from '../access.ts'
import { useSummary } from '../data.ts'
import { PAGE_GROUPS, type PageRow } from '../pages.ts'
import { useSay } from '../texts/texts.ts'
import { useNumber } from '../use-number.ts'
import classes from './side-nav.module.css'

/** Draws it. @param onChoose a page was chosen, the present one perhaps */
export function SideNav({ onChoose }: { onChoose: () => void }) {
  const say = useSay()
  const may = useMay()
  const format = useNumber()
  const { data } = useSummary()
  const counts: Partial<Record<PageRow['to'], number | undefined>> = {
    '/members': data?.members,
    '/invitations': data?.open_invitations,
  }
  const groups = PAGE_GROUPS.map((group) => group.filter(({ rights }) => may(...rights)))
  return (
    <nav aria-label={say('nav.label')}>
      {groups
        .filter((group) => group.length > 0)
        .map((group) => (
          <ul key={group[0]?.to} className={classes.group}>
            {group.map(({ to, key, icon: Icon }) => (
              <li key={to}>
                <Link
                  to={to}
                  className={classes.item}
                  onClick={onChoose}
                  activeOptions={{ exact: to === '/', includeSearch: false }}
                  activeProps={{ className: classes.current ?? '', 'aria-current': 'page' }}
                >
                  <Icon aria-hidden />
                  <span className={classes.name}>{say(key)}</span>
                  {counts[to] !== undefined && counts[to] > 0 && (
                    <span className={classes.count}>{format(counts[to])}</span>
                  )}
                </Link>
              </li>
            ))}
          </ul>
        ))}
    </nav>
  )
}
