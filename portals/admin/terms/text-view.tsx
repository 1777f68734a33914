/** The text of a version as people read it. */
import { TextBlocks } from '../../shared/components/text-blocks.tsx'
import { useLanguage } from '../../shared/use-language.ts'
import type { TermsText } from '../api/types.ts'
import { useSay } from '../texts/texts.ts'
import classes from './terms.module.css'

/** Draws it. @param language in which it is written */
export function TextView({ text: { title, summary, body }, language }: { text: TermsText; language: string }) {
  const say = useSay()
  const ours = useLanguage()
  return (
    <div className={classes.text} lang={language}>
      {title.trim() && <h3>{title}</h3>}
      {summary?.trim() && (
        <p>
          <strong lang={ours}>{say('terms.whats_new')}</strong> {summary}
        </p>
      )}
      <TextBlocks text={body} lang={language} below={3} />
    </div>
  )
}
