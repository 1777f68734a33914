import { useSay } from '../use-language.ts'
import classes from './skip-link.module.css'

/** The first thing that the keyboard reaches: past the header and the list of pages, to `#main`. */
export function SkipLink() {
  const say = useSay()
  return (
    <a className={classes.skip} href="#main">
      {say('shared.skip')}
    </a>
  )
}
