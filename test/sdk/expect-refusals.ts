/** What errors must reach the user of an SDK. */
import { it } from 'node:test'
import type { Reader } from './reader.ts'

/** Each refusal, as the SDK's own error. */
export function expectRefusals({ refused, tokenRefused }: Reader, domain: string): void {
  it('what is wrong comes as the error of the SDK that belongs to it, in Auth0’s words', () => {
    const payload = 'Payload validation error:'
    refused({
      'unknown user read': [404, 'inexistent_user', 'The user does not exist.'],
      'unknown user changed': [404, 'inexistent_user', 'The user does not exist.'],
      'user created twice': [409, 'auth0_idp_error', 'The user already exists.'],
      'user with a weak password': [400, undefined, 'PasswordDictionaryError: Password is too common'],
      'user with a wrong address': [
        400,
        'invalid_body',
        `${payload} 'Object didn't pass validation for format email: no address' on property email (E-mail address).`,
      ],
      'user with an unknown property': [
        400,
        'invalid_body',
        `${payload} 'Additional properties not allowed: shoe_size'.`,
      ],
      'users on a wrong page': [
        400,
        'invalid_query_string',
        "Query validation error: 'Value -1 is less than minimum 0' on property page (Page, from 0).",
      ],
      'grant created twice': [409, 'client_grant_conflict', 'A resource with this client and audience already exists.'],
      'small client creates': [403, 'insufficient_scope', 'Insufficient scope, expected any of: create:users'],
      'deleted client read': [404, 'inexistent_client', 'The client does not exist'],
      'deleted client calls': [401, undefined, 'Invalid token'],
      'deleted API read': [404, 'inexistent_resource_server', 'The resource server does not exist'],
      'deleted connection read': [404, 'inexistent_connection', 'The connection does not exist'],
    })
  })

  it('a rotated secret and a client without a grant get no token', () => {
    const noGrant = `Client is not authorized to access "https://${domain}/api/v2/". You need to create a "client-grant" associated to this API.`
    tokenRefused({
      'old secret refused': [401, 'access_denied', 'Unauthorized'],
      'token without grant': [403, 'access_denied', noGrant],
      'token without grant again': [403, 'access_denied', noGrant],
    })
  })
}
