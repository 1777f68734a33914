/** What stands where no page can stand. */
import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { Page } from '../components/page.tsx'
import { useSay } from '../use-language.ts'
import classes from './page-problems.module.css'

/** An address that leads nowhere. */
export function PageMissing() {
  const say = useSay()
  return (
    <Page title={say('shared.missing_title')} lead={say('shared.missing')}>
      <p className={classes.act}>
        <Link to="/">{say('shared.missing_home')}</Link>
      </p>
    </Page>
  )
}

/** A fault of ours. */
export function PageFailed() {
  const say = useSay()
  return (
    <Page title={say('shared.failed_title')} lead={say('shared.failed')}>
      <p className={classes.act}>
        <Button onClick={() => location.reload()}>{say('shared.reload')}</Button>
      </p>
    </Page>
  )
}
