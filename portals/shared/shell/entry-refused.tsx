import { Button } from '@mantine/core'
import { Page } from '../components/page.tsx'
import type { EntryProblem, SignIn } from '../sign-in.ts'
import { useSay } from '../use-language.ts'
import classes from './entry-refused.module.css'

/** The page for somebody who came back from the sign-in without being let in. @param home the portal's path */
export function EntryRefused({ problem, home, signIn }: EntryRefusedProps) {
  const say = useSay()
  const goOn = () => {
    history.replaceState(null, '', home)
    if (problem === 'refused') void signIn()
    else location.reload()
  }
  return (
    <main className={classes.main}>
      <Page title={say('shared.entry_refused_title')} lead={say(`shared.entry_${problem}`)}>
        <p className={classes.act}>
          <Button variant="filled" onClick={goOn}>
            {problem === 'refused' ? say('shared.entry_again') : say('shared.try_again')}
          </Button>
        </p>
      </Page>
    </main>
  )
}

type EntryRefusedProps = { problem: EntryProblem; home: string; signIn: SignIn['signIn'] }
