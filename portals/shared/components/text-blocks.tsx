/** The text of terms: headings, paragraphs and lists, as it is on the page of a sign-in. */
import { type Block, blocksOf } from '../../../server/pages/text-blocks.ts'
import classes from './text-blocks.module.css'

/** Draws it. @param lang in which it is written @param below the level of the heading above it */
export function TextBlocks({ text, lang, below = 2 }: { text: string; lang: string; below?: 2 | 3 }) {
  return (
    <div className={classes.text} lang={lang}>
      {blocksOf(text).map((block, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a text does not change.
        <Part key={place} block={block} heading={below === 2 ? 'h3' : 'h4'} />
      ))}
    </div>
  )
}

function Part({ block, heading: Heading }: { block: Block; heading: 'h3' | 'h4' }) {
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
  return block.kind === 'heading' ? <Heading>{block.text}</Heading> : <p>{block.text}</p>
}
