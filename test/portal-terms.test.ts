/** Terms as the admin portal writes them: short names, drafts of versions, and what is sent of them. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { TermsVersion } from '../portals/admin/api/types.ts'
import {
  draftOf as beginOf,
  type Draft,
  effectiveAt,
  faultsOf,
  refusedPlace,
  versionOf,
} from '../portals/admin/terms/draft.ts'
import { languageAmong, SHORT_NAME, shortNameOf } from '../portals/admin/terms/names.ts'

const ZONE = 'Europe/Berlin'
const newest: TermsVersion = {
  version: 2,
  texts: { en: { title: 'Rules', summary: 'Old news', body: 'Be kind.' }, fr: { title: 'Règles', body: 'Gentils.' } },
  effective_at: '2999-05-01T09:30:00.000Z',
  deadline_at: '2999-05-01T09:30:00.000Z',
  published_at: '2026-01-01T00:00:00.000Z',
}
const past = { ...newest, effective_at: '2020-05-01T09:30:00.000Z' }
const about = { newest, zone: ZONE, language: 'en', required: true, dayName: (iso: string) => iso.slice(0, 10) }

const draftOf = (before: TermsVersion | undefined, title: string, language: string, zone: string): Draft =>
  beginOf(before, { title, language, zone, languages: ['en', 'de'] })

describe('a short name', () => {
  it('is made of a title in whichever language, and is one that the API takes', () => {
    for (const [title, name] of [
      ['Hausordnung für Gäste & Fahrer', 'hausordnung-fuer-gaeste-fahrer'],
      ['  Règles – Łódź 2026!', 'regles-lodz-2026'],
      ['利用規約', ''],
      [`${'x'.repeat(49)} y`, 'x'.repeat(49)],
    ] as const) {
      assert.equal(shortNameOf(title), name)
      assert.equal(SHORT_NAME.test(name), name !== '')
    }
  })

  it('stands for texts in the reader’s language, else in English, else in the first by the alphabet', () => {
    assert.equal(languageAmong({ en: 1, de: 1 }, 'de'), 'de')
    assert.equal(languageAmong({ fr: 1, en: 1 }, 'de'), 'en')
    assert.equal(languageAmong({ fr: 1, es: 1 }, 'de'), 'es')
    assert.equal(languageAmong({}, 'de'), undefined)
  })
})

describe('a draft of a version', () => {
  it('begins as the newest in all its languages, but for what was new in that', () => {
    const { texts, effective } = draftOf(newest, 'Ignored', 'de', ZONE)
    assert.deepEqual(texts, {
      en: { title: 'Rules', summary: '', body: 'Be kind.' },
      de: { title: '', summary: '', body: '' },
      fr: { title: 'Règles', summary: '', body: 'Gentils.' },
    })
    assert.deepEqual(effective, { kind: 'day', day: '2999-05-01' })
    assert.deepEqual(draftOf(past, '', 'de', ZONE).effective, { kind: 'now', day: '' })
    assert.equal(draftOf(undefined, 'Hausordnung', 'de', ZONE).texts.de?.title, 'Hausordnung')
  })

  it('is sent as it is: languages that nobody wrote are not in it, and no text is lost', () => {
    const draft = draftOf(past, '', 'en', ZONE)
    const texts = { en: { title: 'Rules', body: 'Be kind.' }, fr: { title: 'Règles', body: 'Gentils.' } }
    assert.deepEqual(versionOf(draft, past, ZONE, true), { texts })
    const later = { ...draft, deadline: { kind: 'day', day: '2999-07-01' } } as const
    assert.deepEqual(versionOf(later, past, ZONE, true), { texts, deadline_at: '2999-06-30T22:00:00.000Z' })
    assert.deepEqual(versionOf(later, past, ZONE, false), { texts })
  })

  it('takes effect with the day it names, and on the day of the version before not before that', () => {
    const draft = draftOf(newest, '', 'en', ZONE)
    const on = (day: string) => effectiveAt({ ...draft, effective: { kind: 'day', day } }, newest, ZONE)
    assert.equal(on('2999-05-01'), newest.effective_at)
    assert.equal(on('2999-05-02'), '2999-05-01T22:00:00.000Z')
    assert.equal(on(''), undefined, 'while no day is chosen')
  })

  it('has no fault when it is whole, and says where each fault is', () => {
    const draft = draftOf(newest, '', 'en', ZONE)
    assert.deepEqual(faultsOf(draft, about), [])
    const wrong = (more: object) => faultsOf({ ...draft, ...more }, about).map(({ place, key }) => [place, key])
    const empty = { title: ' ', summary: '', body: '' }
    assert.deepEqual(wrong({ texts: { en: empty, de: empty } }), [
      [{ language: 'en', part: 'title' }, 'terms.fault_no_text'],
    ])
    assert.deepEqual(wrong({ texts: { en: empty, de: { ...empty, summary: 'x' } } }), [
      [{ language: 'de', part: 'title' }, 'shared.fault_required'],
      [{ language: 'de', part: 'body' }, 'shared.fault_required'],
    ])
    const long = { title: 'x'.repeat(201), summary: 'x'.repeat(2_001), body: 'x'.repeat(100_001) }
    assert.equal(wrong({ texts: { en: long } }).filter(([, key]) => key === 'shared.fault_too_long').length, 3)
    for (const [effective, key] of [
      [{ kind: 'now', day: '' }, 'terms.fault_announced'],
      [{ kind: 'day', day: '' }, 'shared.fault_date'],
      [{ kind: 'day', day: '2020-01-01' }, 'terms.fault_past'],
      [{ kind: 'day', day: '2999-04-30' }, 'terms.fault_announced'],
    ] as const) {
      assert.deepEqual(wrong({ effective }), [['effective', key]])
    }
    const early = { deadline: { kind: 'day', day: '2999-04-30' } }
    assert.deepEqual(wrong(early), [['deadline', 'terms.fault_before_effect']])
    const consent = faultsOf({ ...draft, deadline: { kind: 'day', day: '2999-04-30' } }, { ...about, required: false })
    assert.deepEqual(consent, [], 'a consent is needed at no time')
  })

  it('finds the place that the API refuses', () => {
    const at = (path: string) => refusedPlace(`Payload validation error: 'No' on property ${path} (What).`)
    assert.deepEqual(at('texts.pt-BR.title'), { language: 'pt-BR', part: 'title' })
    assert.equal(at('effective_at'), 'effective')
    assert.equal(at('deadline_at'), 'deadline')
    assert.equal(at('texts'), undefined)
    assert.equal(refusedPlace('Insufficient scope'), undefined)
  })
})
