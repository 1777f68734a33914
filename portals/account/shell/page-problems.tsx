/** What stands where no page can stand. */
import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { Page } from '../../shared/components/page.tsx'
import { useSay } from '../texts/texts.ts'
import classes from './page-problems.module.css'

/** An address that leads nowhere. */
export function PageMissing() {
  const say = useSay()
  return (
    <Page title={say('missing.title')} portal={say('portal.name')} lead={say('missing.text')}>
      <p className={classes.act}>
        <Link to="/">{say('missing.home')}</Link>
      </p>
    </Page>
  )
}

/** A fault of ours. */
export function PageFailed() {
  const say = useSay()
  return (
    <Page title={say('shared.failed_title')} portal={say('portal.name')} lead={say('shared.failed')}>
      <p className={classes.act}>
        <Button onClick={() => location.reload()}>{say('shared.reload')}</Button>
      </p>
    </Page>
  )
}
