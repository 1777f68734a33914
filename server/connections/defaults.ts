/** What a new connection has when its maker says nothing (Auth0's defaults, recorded). */
import type { JsonObject } from '../db/tables.ts'

/**
 * Options of a new database connection. It names no password policy, so the default one holds: 8 characters,
 * none from the list of common passwords, no personal data, no rule of composition.
 */
export function defaultDatabaseOptions(): JsonObject {
  return {
    mfa: { active: true, return_enroll_settings: true },
    brute_force_protection: true,
    // What the deploy tool adds to every database; with it a second export is the same.
    disable_self_service_change_password: false,
    strategy_version: 2,
    authentication_methods: {
      password: { enabled: true, api_behavior: 'required', signup_behavior: 'allow' },
      passkey: { enabled: false },
      email_otp: { enabled: false },
      phone_otp: { enabled: false },
    },
    passkey_options: { challenge_ui: 'both', progressive_enrollment_enabled: true, local_enrollment_enabled: true },
  }
}

/** Top-level settings of a new connection. */
export function defaultConnectionSettings(): JsonObject {
  return { is_domain_connection: false, authentication: { active: true }, connected_accounts: { active: false } }
}
