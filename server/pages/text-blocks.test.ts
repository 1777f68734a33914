import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { blocksOf } from './text-blocks.ts'

describe('the text of terms', () => {
  it('is parted into headings, paragraphs and lists', () => {
    const body =
      '# Rest\r\nRobots rest\r\nat night.\r\n \r\n- in sheds\r\n* on docks\r\n\r\n\r\n## And else\r\n\r\nThey work.'
    assert.deepEqual(blocksOf(body), [
      { kind: 'heading', text: 'Rest' },
      { kind: 'paragraph', text: 'Robots rest at night.' },
      { kind: 'list', items: ['in sheds', 'on docks'] },
      { kind: 'heading', text: 'And else' },
      { kind: 'paragraph', text: 'They work.' },
    ])
  })

  it('is text alone: what looks like a mark and is none stays as it was written', () => {
    for (const text of [
      '#1 in freight',
      '-5 degrees',
      '<b>rest</b>',
      '**rest**',
      '[rest](https://elsewhere.example)',
    ]) {
      assert.deepEqual(blocksOf(text), [{ kind: 'paragraph', text }])
    }
    assert.deepEqual(blocksOf('- one\nand more'), [{ kind: 'paragraph', text: '- one and more' }])
    assert.deepEqual(blocksOf(' \n\n '), [])
  })

  it('is read whatever it is made of: headings alone, or a heading that ends in blanks', () => {
    assert.equal(blocksOf('# a\n'.repeat(25_000)).length, 25_000)
    assert.deepEqual(blocksOf(`# a${' '.repeat(90_000)}\nb`), [
      { kind: 'heading', text: 'a' },
      { kind: 'paragraph', text: 'b' },
    ])
  })
})
