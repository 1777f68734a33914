import { Button } from '@mantine/core'
import { Page } from '../../shared/components/page.tsx'
import { type EntryProblem, signIn } from '../auth.ts'
import { useSay } from '../texts/texts.ts'
import classes from './entry-refused.module.css'

/** The page for somebody who came back from the sign-in without being let in. */
export function EntryRefused({ problem }: { problem: EntryProblem }) {
  const say = useSay()
  const goOn = () => {
    history.replaceState(null, '', '/account')
    if (problem === 'refused') void signIn()
    else location.reload()
  }
  return (
    <main className={classes.main}>
      <Page title={say('entry.refused_title')} portal={say('portal.name')} lead={say(`entry.${problem}`)}>
        <p className={classes.act}>
          <Button variant="filled" onClick={goOn}>
            {problem === 'refused' ? say('entry.again') : say('shared.try_again')}
          </Button>
        </p>
      </Page>
    </main>
  )
}
