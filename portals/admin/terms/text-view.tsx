/** The text of a version as people read it. */
import { type Block, blocksOf } from '../../../server/terms/blocks.ts'
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
      {blocksOf(body).map((block, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the blocks are the text's, in its order.
        <Part key={at} block={block} />
      ))}
    </div>
  )
}

function Part({ block }: { block: Block }) {
  if (block.kind === 'list') {
    return (
      <ul>
        {block.items.map((item, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the items are the text's, in its order.
          <li key={at}>{item}</li>
        ))}
      </ul>
    )
  }
  return block.kind === 'heading' ? <h4>{block.text}</h4> : <p>{block.text}</p>
}
