/** What the answers about looks and signing keys must be. */
import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Reader } from './reader.ts'
import { THEME } from './theme.ts'

/** Branding, prompts and the rotation of keys. */
export function expectLook({ answer, refused }: Reader): void {
  it('branding, theme, page template and texts are set, read and taken away', () => {
    const logo_url = 'https://cdn.journey.example/logo.png'
    assert.deepEqual(answer('branding changed'), { colors: { primary: '#0059d6' }, logo_url })
    assert.deepEqual(answer('branding read'), answer('branding changed'))
    assert.deepEqual(answer('branding taken away'), {})
    const { themeId, ...theme } = answer('theme created')
    assert.deepEqual(theme, THEME)
    assert.deepEqual(answer('theme read'), { ...THEME, themeId })
    assert.equal(answer('template read').body.includes('auth0:widget'), true)
    assert.deepEqual(answer('prompts read'), {
      universal_login_experience: 'new',
      identifier_first: true,
      webauthn_platform_first_factor: false,
    })
    assert.deepEqual(answer('texts read'), { 'login-id': { title: 'Aboard' } })
    assert.deepEqual(answer('no texts'), {})
  })

  it('what is not there, is there already or cannot be is told with Auth0’s codes', () => {
    refused({
      'no theme': [404, 'theme_not_found', 'The theme does not exist.'],
      'theme created twice': [409, 'theme_conflict', 'There is a theme. Change it, or delete it first.'],
      'no template': [404, 'inexistent_templates_universal_login', 'The template does not exist.'],
      'template without a tag': [
        400,
        'invalid_body',
        'The template cannot be used: It has no {%- auth0:head -%}. Nothing was changed.',
      ],
      'current key revoked': [
        403,
        'operation_not_supported',
        'The current signing key cannot be revoked. Rotate the keys first; then it is a previous one.',
      ],
    })
  })

  it('keys rotate; the current one is not revoked, the previous one is', () => {
    const { kid } = answer('keys rotated')
    assert.notEqual(answer('keys rotated again').kid, kid)
    assert.equal(answer('previous key revoked').kid, kid)
    const { revoked, previous, revoked_at } = answer('revoked key read')
    assert.deepEqual([revoked, previous, typeof revoked_at], [true, true, 'string'])
  })
}
