/** The text of terms: headings, paragraphs and lists, as it is on the page of a sign-in. */
import { type Block, blocksOf } from '../../../server/pages/text-blocks.ts'
import classes from './text-blocks.module.css'

/** Draws it, below a heading of the second level. @param lang in which it is written */
export function TextBlocks({ text, lang }: { text: string; lang: string }) {
  return (
    <div className={classes.text} lang={lang}>
      {blocksOf(text).map((block, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a text does not change.
        <Part key={place} block={block} />
      ))}
    </div>
  )
}

function Part({ block }: { block: Block }) {
  if (block.kind === 'list') {
    return (
      <ul>
        {block.items.map((item, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a text does not change.
          <li key={place}>{item}</li>
        ))}
      </ul>
    )
  }
  return block.kind === 'heading' ? <h3>{block.text}</h3> : <p>{block.text}</p>
}
