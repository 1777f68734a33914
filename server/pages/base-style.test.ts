import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compactStyle } from './base-style.ts'

describe('a style', () => {
  it('is sent without what says nothing', () => {
    const text = `/* Of
      the {card}; 0.5rem */
    .card,
    .check > p :focus,
    a + .b ~ c {
      margin: 0 -0.5rem 10.5rem 0.25rem;
      color: oklch(0.9 0.005 95 / 0.1);
    }
    @media (max-width: 27rem) {
      .v0.25 {
        width: calc(100% - 0.75rem);
        height: calc(1rem + var(--x));
      }
    }`
    assert.equal(
      compactStyle(text),
      '.card,.check>p :focus,a+.b~c{margin:0 -.5rem 10.5rem .25rem;color:oklch(.9 .005 95 / .1)}' +
        '@media (max-width:27rem){.v0.25{width:calc(100% - .75rem);height:calc(1rem + var(--x))}}',
    )
  })
})
