import { useId } from 'react'
import { useOrganizationName } from '../data.ts'
import { useSay } from '../texts/texts.ts'
import { isFilled, type TextDraft } from './draft.ts'
import classes from './terms.module.css'
import { TextView } from './text-view.tsx'

/** How people see a text that is being written. */
export function Preview({ text, language }: { text: TextDraft | undefined; language: string }) {
  const say = useSay()
  const id = useId()
  const organization = useOrganizationName()
  return (
    <section className={classes.preview} aria-labelledby={id}>
      <h2 id={id}>{say('terms.preview')}</h2>
      <div className={classes.sheet}>
        <p className={classes.quiet}>{say('terms.of', { organization })}</p>
        {text && isFilled(text) ? (
          <TextView text={text} language={language} />
        ) : (
          <p className={classes.quiet}>{say('terms.preview_empty')}</p>
        )}
      </div>
    </section>
  )
}
