/** Files that the portals write for spreadsheets. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { csvOfData } from '../portals/account/pages/privacy/own-data.ts'
import { readPeople } from '../portals/admin/invitations/people-list.ts'
import { importFileOf } from '../portals/admin/jobs/file-rows.ts'
import { faultsOf } from '../portals/admin/jobs/row-faults.ts'
import { rowNumber, rowsName } from '../portals/admin/jobs/row-numbers.ts'
import { csvOf, readCsv } from '../portals/shared/csv.ts'

/** What a spreadsheet makes of a line in a country where cells end at a semicolon: quotes within a cell say nothing. */
const cellsOf = (line: string) => line.split(/[;\t]/)

const cellsIn = (text: string) => readCsv(text).map(({ cells }) => cells)

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
    assert.deepEqual(cellsIn('a@b.example, Auditor; Helper\nc@d.example, Auditor'), [
      ['a@b.example', 'Auditor; Helper'],
      ['c@d.example', 'Auditor'],
    ])
    assert.deepEqual(cellsIn('a@b.example\nc@d.example; Auditor'), [['a@b.example'], ['c@d.example', 'Auditor']])
    assert.deepEqual(cellsIn('"Doe; Jane",1\tx'), [['Doe; Jane', '1\tx']])
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
      const { people } = await importFileOf(new File([bytes], 'people.csv'))
      assert.deepEqual(JSON.parse(await people.text()), [{ email: 'josé@acme.example', name: 'Zoë Müller' }])
    }
  })

  it('loses the apostrophes that an export has put before texts, and no others', async () => {
    const people = async (text: string) =>
      JSON.parse(await (await importFileOf(new File([text], 'people.csv'))).people.text())
    assert.deepEqual(await people(`email,name\nan@acme.example,'t Hart\nbo@acme.example,'=1+1`), [
      { email: 'an@acme.example', name: "'t Hart" },
      { email: 'bo@acme.example', name: '=1+1' },
    ])
    assert.deepEqual(await people(`email,name\n'an@acme.example,''t Hart`), [
      { email: 'an@acme.example', name: "'t Hart" },
    ])
  })

  it('is counted as its spreadsheet counts: with the header, empty rows, and rows of several lines as one', async () => {
    const text = 'email,name\r\na@b.example,"two\r\nlines"\r\n\r\n,\r\nc@d.example\r\nd@e.example\r\n'
    const { rows } = await importFileOf(new File([text], 'people.csv'))
    assert.deepEqual(rows, [2, 5, 6])
    const name = rowsName(rows ?? [])
    assert.equal(name, 'rows 2-2,5-6')
    const job = { id: 'job', type: 'users_import', status: 'completed', created_at: '' } as const
    assert.deepEqual(
      [1, 2, 3].map((row) => rowNumber({ ...job, external_id: name ?? '' }, row)),
      [2, 5, 6],
    )
    // Another's name for a job says nothing, and a file without a header is counted from its first person.
    for (const other of [{}, { external_id: 'rows of mine' }]) assert.equal(rowNumber({ ...job, ...other }, 2), 2)
    assert.equal(rowsName(Array.from({ length: 200 }, (_, index) => index * 2)), undefined)
    assert.deepEqual(
      readPeople('a@b.example\n\nc@d.example', []).map(({ line }) => line),
      [1, 3],
    )
  })

  it('is told what is wrong with a row by the code, and in the words of the server where there is no text', () => {
    const say = (key: string) => `<${key}>`
    const errors = [
      { code: 'FORMAT', message: "Object didn't pass validation for format email: x", path: 'email' },
      { code: 'DUPLICATED_USER', message: 'The file has this user twice.', path: 'email' },
      { code: 'DUPLICATED_USER', message: 'The user already exists.', path: 'username' },
      { code: 'NOT_PASSED', message: 'Additional properties not allowed: shoe_size' },
      { code: 'MAX_LENGTH', message: 'String is too long', path: 'user_metadata.locale' },
      { code: 'CONFLICT', message: 'The user belongs to another connection first.', path: 'email' },
    ]
    assert.deepEqual(
      faultsOf({ row: 1, outcome: 'failed', errors }, say).map(({ text, isTheirs }) => [text, isTheirs]),
      [
        ['email: <jobs.fault_form>', false],
        ['email: <jobs.fault_twice>', false],
        ['username: <jobs.fault_exists>', false],
        ['shoe_size: <jobs.fault_unknown>', false],
        ['locale: <jobs.fault_long>', false],
        ['email: The user belongs to another connection first.', true],
      ],
    )
  })

  it('has a row for each value of one’s own data, with where it stands, also for what is empty', () => {
    const pet = { name: '=cmd', ages: [7, true, null] }
    const data = { profile: { 'a.b': 'x', pet }, terms: [], metadata: {}, 'odd,\n=name': '' }
    assert.deepEqual(cellsIn(csvOfData(data)), [
      ['path', 'value'],
      ['profile.a.b', 'x'],
      ['profile.pet.name', "'=cmd"],
      ['profile.pet.ages.0', '7'],
      ['profile.pet.ages.1', 'true'],
      ['profile.pet.ages.2', ''],
      ['terms', ''],
      ['metadata', ''],
      ["odd,\n'=name", ''],
    ])
  })

  it('has everything else as it was', () => {
    const rows = [
      ['id', 'O"Brien, "Quote"', 'a;b', 'Anne-Marie', 'a@b.example', '1 = 1'],
      ['2', 'two\nlines', '', 'x; y', 'ä', ''],
    ]
    assert.deepEqual(cellsIn(csvOf(rows)), rows)
  })
})
