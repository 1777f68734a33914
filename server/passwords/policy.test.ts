import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { DatabaseOptions } from '../connections/connection.ts'
import { hashPassword } from './hash.ts'
import { checkPassword, type PasswordOwner, passwordRefused, type RefusalName } from './policy.ts'

const LUCIA: PasswordOwner = {
  email: 'Lucia.Ferrer@harborline.example',
  username: 'lferrer',
  name: 'Lucía Ferrer Ox',
  nickname: 'luz',
  given_name: 'Lucía',
  user_metadata: { name: 'Captain', first: 'Anneliese', last: 'Vinga', hobby: 'sailing' },
}

async function refusalOf(
  password: string,
  options: DatabaseOptions,
  person: PasswordOwner = {},
  history: string[] = [],
) {
  return await checkPassword({ password, options, person, history })
}

type Examples = { options: DatabaseOptions; accepted: string[]; refused: [string, RefusalName][] }

const TABLE: Record<string, Examples> = {
  'without a named policy': {
    options: {},
    accepted: ['slow ferry past', 'xkqzvwjp', 'x'.repeat(64), 'ぱすわーどですよね', 'Correct-Horse-7'],
    refused: [
      ['', 'PasswordStrengthError'],
      ['xkqzvwj', 'PasswordStrengthError'],
      ['ぱすわーどです', 'PasswordStrengthError'],
      ['password', 'PasswordDictionaryError'],
      ['PassWord1', 'PasswordDictionaryError'],
      ['x'.repeat(257), 'PasswordStrengthError'],
      ['\u{1f6a2}'.repeat(257), 'PasswordStrengthError'],
      [`half a pair \ud83d`, 'PasswordStrengthError'],
    ],
  },
  none: { options: { passwordPolicy: 'none' }, accepted: ['a', 'password'], refused: [['', 'PasswordStrengthError']] },
  None: { options: { passwordPolicy: 'None' }, accepted: ['a'], refused: [['', 'PasswordStrengthError']] },
  low: { options: { passwordPolicy: 'low' }, accepted: ['abcdef'], refused: [['abcde', 'PasswordStrengthError']] },
  fair: {
    options: { passwordPolicy: 'fair' },
    accepted: ['Abcdefg1'],
    refused: [
      ['Abcdef1', 'PasswordStrengthError'],
      ['abcdefg1', 'PasswordStrengthError'],
      ['ABCDEFG1', 'PasswordStrengthError'],
      ['Abcdefg!', 'PasswordStrengthError'],
    ],
  },
  good: {
    options: { passwordPolicy: 'good' },
    accepted: ['Abcdefg1', 'Abcdefg!', 'abcdef1!', 'Passw0rd'],
    refused: [
      ['Abcdef1', 'PasswordStrengthError'],
      ['abcdefg1', 'PasswordStrengthError'],
    ],
  },
  excellent: {
    options: { passwordPolicy: 'excellent' },
    accepted: ['Abcdefghi1', 'aabbccdd1!'],
    refused: [
      ['Abcdefgh1', 'PasswordStrengthError'],
      ['Abcdefgggh1', 'PasswordStrengthError'],
      ['abcdefghi1', 'PasswordStrengthError'],
    ],
  },
  'a length of its own': {
    options: { passwordPolicy: 'good', password_complexity_options: { min_length: 12 } },
    accepted: ['Abcdefghijk1'],
    refused: [['Abcdefghij1', 'PasswordStrengthError']],
  },
  'fifteen characters without a named policy': {
    options: { password_complexity_options: { min_length: 15 } },
    accepted: ['slow ferry past'],
    refused: [['slow ferry pas', 'PasswordStrengthError']],
  },
  'a dictionary of its own beside a named policy': {
    options: { passwordPolicy: 'low', password_dictionary: { enable: true, dictionary: ['Harborline'] } },
    accepted: ['harborline7'],
    refused: [
      ['HARBORLINE', 'PasswordDictionaryError'],
      ['password', 'PasswordDictionaryError'],
    ],
  },
  'the dictionary switched off': {
    options: { password_dictionary: { enable: false, dictionary: ['harborline'] } },
    accepted: ['password', 'harborline'],
    refused: [],
  },
  'the newer options': {
    options: {
      password_options: {
        complexity: {
          min_length: 10,
          character_types: ['lowercase', 'number'],
          character_type_rule: 'all',
          identical_characters: 'block',
          sequential_characters: 'block',
          max_length_exceeded: 'error',
        },
        dictionary: { active: true, custom: ['vinga4vinga4'] },
      },
    },
    accepted: ['slowferry7', `k7${'xq'.repeat(35)}`],
    refused: [
      ['slowferry', 'PasswordStrengthError'],
      ['slowferries', 'PasswordStrengthError'],
      ['slowferrry7', 'PasswordStrengthError'],
      ['slowabcferry7', 'PasswordStrengthError'],
      ['slowferry321', 'PasswordStrengthError'],
      [`k7${'xq'.repeat(36)}`, 'PasswordStrengthError'],
      ['VINGA4vinga4', 'PasswordDictionaryError'],
    ],
  },
}

describe('which passwords are taken', () => {
  for (const [name, { options, accepted, refused }] of Object.entries(TABLE)) {
    it(`${name}: takes ${accepted.length} examples and refuses ${refused.length}`, async () => {
      for (const password of accepted) assert.equal(await refusalOf(password, options), null, password)
      for (const [password, error] of refused) {
        assert.equal((await refusalOf(password, options))?.name, error, password)
      }
    })
  }

  it('no personal data: name, user name, nickname, mailbox and the named metadata, in any case of letters', async () => {
    const personal = [
      'lucia.ferrer-2024',
      'my LFERRER pass',
      'xx-luz-123456',
      'viva LUCÍA viva',
      'ferrer-at-sea',
      'captain-of-9',
      'anneliese-99',
      'nine vingas 9',
    ]
    for (const password of personal) {
      assert.equal((await refusalOf(password, {}, LUCIA))?.name, 'PasswordNoUserInfoError', password)
    }
    for (const password of ['harborline-9', 'sailing-at-9', 'oxen on a hill']) {
      assert.equal(await refusalOf(password, {}, LUCIA), null, password)
    }
  })

  it('personal data is looked at under a policy of Auth0 only when the connection says so', async () => {
    const options: DatabaseOptions = { passwordPolicy: 'low' }
    assert.equal(await refusalOf('ferrer-at-sea', options, LUCIA), null)
    const asked = { ...options, password_no_personal_info: { enable: true } }
    assert.equal((await refusalOf('ferrer-at-sea', asked, LUCIA))?.name, 'PasswordNoUserInfoError')
    const off = { password_no_personal_info: { enable: false } }
    assert.equal(await refusalOf('ferrer-at-sea', off, LUCIA), null)
  })

  it('the newer options name the fields that count, and none other does', async () => {
    const options: DatabaseOptions = {
      password_options: { profile_data: { active: true, blocked_fields: ['nickname', 'user_metadata.hobby'] } },
    }
    assert.equal((await refusalOf('sailing-at-9', options, LUCIA))?.name, 'PasswordNoUserInfoError')
    assert.equal(await refusalOf('ferrer-at-sea', options, LUCIA), null)
  })

  it('former passwords: as many as the connection says, the present one among them', async () => {
    const former = ['ferry number 3', 'ferry number 2', 'ferry number 1']
    const history = await Promise.all(former.map(hashPassword))
    const options: DatabaseOptions = { password_history: { enable: true, size: 2 } }
    assert.equal((await refusalOf('ferry number 3', options, {}, history))?.name, 'PasswordHistoryError')
    assert.equal((await refusalOf('ferry number 2', options, {}, history))?.name, 'PasswordHistoryError')
    assert.equal(await refusalOf('ferry number 1', options, {}, history), null)
    assert.equal(await refusalOf('ferry number 3', {}, {}, history), null)
    assert.equal(await refusalOf('ferry number 3', { password_history: { enable: false, size: 2 } }, {}, history), null)
  })
})

describe('what is said about a refused password', () => {
  it('the Management API answers 400 with name and reason and no code', async () => {
    const refusal = await refusalOf('short', {})
    assert.ok(refusal)
    const error = passwordRefused(refusal)
    assert.deepEqual(
      [error.status, error.message, error.row.errorCode],
      [400, 'PasswordStrengthError: Password is too weak', undefined],
    )
  })

  it('the rules come in the structure of Auth0, each with whether it was kept', async () => {
    const refusal = await refusalOf('abc', { passwordPolicy: 'excellent' })
    assert.deepEqual(
      refusal?.rules?.rules.map(({ code, format, verified, items }) => ({
        code,
        format,
        verified,
        items: items?.map((item) => [item.code, item.verified]),
      })),
      [
        { code: 'lengthAtLeast', format: [10], verified: false, items: undefined },
        {
          code: 'containsAtLeast',
          format: [3, 4],
          verified: false,
          items: [
            ['lowerCase', true],
            ['upperCase', false],
            ['numbers', false],
            ['specialCharacters', false],
          ],
        },
        { code: 'identicalChars', format: [2, 'aaa'], verified: true, items: undefined },
      ],
    )
    assert.equal(refusal?.rules?.verified, false)
    assert.match(refusal?.policyText ?? '', /^\* At least 10 characters in length\n\* With at least 3 of these 4 kinds/)
  })

  it('one that is too long says how much is taken, and none quotes password or profile', async () => {
    const long = await refusalOf('x'.repeat(300), {})
    assert.equal(long?.message, 'Password is too long. At most 256 characters and 1024 bytes are taken')
    for (const password of ['ferrer-at-sea', 'password', 'abc']) {
      assert.doesNotMatch(JSON.stringify(await refusalOf(password, {}, LUCIA)), /ferrer|"password"|abc/i)
    }
  })
})
