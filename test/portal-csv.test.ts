/** Files that the portals write for spreadsheets. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { importFileOf } from '../portals/admin/jobs/file-rows.ts'
import { csvOf, readCsv } from '../portals/admin/pieces/csv.ts'

/** What a spreadsheet makes of a line in a country where cells end at a semicolon: quotes within a cell say nothing. */
const cellsOf = (line: string) => line.split(/[;\t]/)

describe('a CSV file of a portal', () => {
  it('has no formula in it, wherever a spreadsheet begins its cells', () => {
    const hostile = ['=1+1', '+1', '-1', '@sum', '\t=1', 'a;=1+1', 'a; =cmd', 'a\t@sum', 'a\n=1', '"a";-1']
    for (const text of hostile) {
      for (const line of csvOf([['id', text, 'end']])
        .slice(1)
        .split(/[\r\n]+/)) {
        for (const cell of [...cellsOf(line), ...line.split(',')]) assert.doesNotMatch(cell, /^["\s]*[=+\-@]/, text)
      }
    }
  })

  it('is parted by the mark that comes first, whatever stands in its cells', () => {
    assert.deepEqual(readCsv('a@b.example, Auditor; Helper\nc@d.example, Auditor'), [
      ['a@b.example', 'Auditor; Helper'],
      ['c@d.example', 'Auditor'],
    ])
    assert.deepEqual(readCsv('a@b.example\nc@d.example; Auditor'), [['a@b.example'], ['c@d.example', 'Auditor']])
    assert.deepEqual(readCsv('"Doe; Jane",1\tx'), [['Doe; Jane', '1\tx']])
  })

  it('is read as it was written: in the signs of a system in the west, in UTF-8 and in UTF-16', async () => {
    const text = 'email,name\njosé@acme.example,Zoë Müller\n'
    const encodings = [
      Buffer.from(text, 'latin1'),
      Buffer.from(text),
      Buffer.from(`\ufeff${text}`),
      Buffer.from(`\ufeff${text}`, 'utf16le'),
    ]
    for (const bytes of encodings) {
      const file = await importFileOf(new File([bytes], 'people.csv'))
      assert.deepEqual(JSON.parse(await file.text()), [{ email: 'josé@acme.example', name: 'Zoë Müller' }])
    }
  })

  it('loses the apostrophes that an export has put before texts, and no others', async () => {
    const people = async (text: string) => JSON.parse(await (await importFileOf(new File([text], 'people.csv'))).text())
    assert.deepEqual(await people(`email,name\nan@acme.example,'t Hart\nbo@acme.example,'=1+1`), [
      { email: 'an@acme.example', name: "'t Hart" },
      { email: 'bo@acme.example', name: '=1+1' },
    ])
    assert.deepEqual(await people(`email,name\n'an@acme.example,''t Hart`), [
      { email: 'an@acme.example', name: "'t Hart" },
    ])
  })

  it('has everything else as it was', () => {
    const rows = [
      ['id', 'O"Brien, "Quote"', 'a;b', 'Anne-Marie', 'a@b.example', '1 = 1'],
      ['2', 'two\nlines', '', 'x; y', 'ä', ''],
    ]
    assert.deepEqual(readCsv(csvOf(rows)), rows)
  })
})
