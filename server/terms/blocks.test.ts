import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { blocksOf } from './blocks.ts'

describe('the text of terms, parted into blocks', () => {
  it('has headings, paragraphs and lists, and nothing in it is markup', () => {
    const body =
      '# Rest\r\n\r\nRobots\n<b>rest</b>.\n \n- at night\n* on Sundays\n\n## Work\nAll day.\n# no heading\n\n- and\nso on'
    assert.deepEqual(blocksOf(body), [
      { kind: 'heading', text: 'Rest' },
      { kind: 'paragraph', text: 'Robots <b>rest</b>.' },
      { kind: 'list', items: ['at night', 'on Sundays'] },
      { kind: 'heading', text: 'Work' },
      { kind: 'paragraph', text: 'All day. # no heading' },
      { kind: 'paragraph', text: '- and so on' },
    ])
    assert.deepEqual(blocksOf(' \n\n\t\n'), [])
  })

  it('is read whatever it is made of: headings alone, or a heading that ends in blanks', () => {
    assert.equal(blocksOf('# a\n'.repeat(25_000)).length, 25_000)
    assert.deepEqual(blocksOf(`# a${' '.repeat(90_000)}\nb`), [
      { kind: 'heading', text: 'a' },
      { kind: 'paragraph', text: 'b' },
    ])
  })
})
