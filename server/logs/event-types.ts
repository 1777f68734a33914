/**
 * TABLE: the kinds of events, by Auth0's type code. `description` is what a log entry says when the recorder
 * has nothing better; `refused` marks what was tried and did not happen; `category` is the name under which log
 * streams filter (Auth0's).
 */
export const EVENT_TYPES = {
  // The Management API and SCIM
  sapi: { description: 'Changed by API', refused: false, category: 'management.success' },
  fapi: { description: 'API request refused', refused: true, category: 'management.fail' },
  mgmt_api_read: { description: 'Secrets read by API', refused: false, category: 'management.success' },
  sscim: { description: 'Changed by SCIM', refused: false, category: 'scim.event' },
  api_limit: { description: 'Too many requests', refused: true, category: 'system.notification' },
  api_limit_warning: { description: 'Request limit nearly reached', refused: false, category: 'system.notification' },

  // Signing in and out
  s: { description: 'Signed in', refused: false, category: 'auth.login.success' },
  f: { description: 'Sign-in refused', refused: true, category: 'auth.login.fail' },
  fp: { description: 'Sign-in refused: wrong password', refused: true, category: 'auth.login.fail' },
  fu: { description: 'Sign-in refused: no such user', refused: true, category: 'auth.login.fail' },
  w: { description: 'Signed in, with a warning', refused: false, category: 'auth.login.notification' },
  mfar: { description: 'Second factor asked for', refused: false, category: 'auth.login.notification' },
  scv: { description: 'Password confirmed', refused: false, category: 'auth.login.success' },
  ssa: { description: 'Signed in silently', refused: false, category: 'auth.silent_auth.success' },
  fsa: { description: 'Silent sign-in refused', refused: true, category: 'auth.silent_auth.fail' },
  fco: { description: 'Request from an origin that is not allowed', refused: true, category: 'auth.login.fail' },
  slo: { description: 'Signed out', refused: false, category: 'auth.logout.success' },
  flo: { description: 'Sign-out refused', refused: true, category: 'auth.logout.fail' },
  oidc_backchannel_logout_succeeded: {
    description: 'Application told of a sign-out',
    refused: false,
    category: 'auth.logout.success',
  },
  oidc_backchannel_logout_failed: {
    description: 'Application could not be told of a sign-out',
    refused: true,
    category: 'auth.logout.fail',
  },
  limit_wc: {
    description: 'Account closed to an address after wrong passwords',
    refused: true,
    category: 'auth.login.fail',
  },
  limit_mu: { description: 'Address blocked after many failures', refused: true, category: 'auth.login.fail' },
  limit_sul: { description: 'Too many sign-ins to one account', refused: true, category: 'auth.login.fail' },
  pwd_leak: { description: 'Sign-in with a leaked password', refused: true, category: 'auth.login.fail' },
  ublkdu: { description: 'Block after wrong passwords lifted', refused: false, category: 'user.success' },

  // Signing up and invitations
  ss: { description: 'Signed up', refused: false, category: 'auth.signup.success' },
  fs: { description: 'Sign-up refused', refused: true, category: 'auth.signup.fail' },
  signup_pwd_leak: { description: 'Sign-up with a leaked password', refused: true, category: 'auth.signup.fail' },
  si: { description: 'Invitation accepted', refused: false, category: 'user.success' },
  fi: { description: 'Invitation not accepted', refused: true, category: 'user.fail' },
  organization_member_added: { description: 'Member added', refused: false, category: 'user.success' },

  consent_given: { description: 'Access given to an application', refused: false, category: 'user.success' },
  provider_profile: {
    description: 'Profile as the identity provider tells it',
    refused: false,
    category: 'user.success',
  },
  user_erased: { description: 'User erased', refused: false, category: 'user.success' },
  personal_data_copied: { description: 'Copy of the personal data taken', refused: false, category: 'user.success' },
  account_deletion_requested: {
    description: 'Deletion of the account asked for',
    refused: false,
    category: 'user.success',
  },
  account_deletion_cancelled: {
    description: 'Deletion of the account called off',
    refused: false,
    category: 'user.success',
  },
  terms_accepted: { description: 'Terms accepted', refused: false, category: 'user.success' },
  terms_declined: { description: 'Terms declined', refused: false, category: 'user.success' },
  terms_withdrawn: { description: 'Consent withdrawn', refused: false, category: 'user.success' },

  // Tokens
  seacft: { description: 'Code exchanged for tokens', refused: false, category: 'auth.token_exchange.success' },
  feacft: { description: 'Code not exchanged', refused: true, category: 'auth.token_exchange.fail' },
  seccft: { description: 'Token given to an application', refused: false, category: 'auth.token_exchange.success' },
  feccft: { description: 'Token refused to an application', refused: true, category: 'auth.token_exchange.fail' },
  sepft: { description: 'Password exchanged for tokens', refused: false, category: 'auth.token_exchange.success' },
  fepft: { description: 'Password not exchanged', refused: true, category: 'auth.token_exchange.fail' },
  sertft: { description: 'Tokens refreshed', refused: false, category: 'auth.token_exchange.success' },
  fertft: { description: 'Tokens not refreshed', refused: true, category: 'auth.token_exchange.fail' },
  ferrt: { description: 'Refresh token used a second time', refused: true, category: 'auth.token_exchange.fail' },
  srrt: { description: 'Refresh token revoked', refused: false, category: 'user.success' },

  // What a person or an administrator changes about an account
  sce: { description: 'E-mail address changed', refused: false, category: 'user.success' },
  fce: { description: 'E-mail address not changed', refused: true, category: 'user.fail' },
  scp: { description: 'Password changed', refused: false, category: 'user.success' },
  fcp: { description: 'Password not changed', refused: true, category: 'user.fail' },
  scpr: { description: 'Password reset asked for', refused: false, category: 'user.notification' },
  fcpr: { description: 'Password reset refused', refused: true, category: 'user.fail' },
  reset_pwd_leak: { description: 'Leaked password refused as the new one', refused: true, category: 'user.fail' },
  scu: { description: 'Username changed', refused: false, category: 'user.success' },
  fcu: { description: 'Username not changed', refused: true, category: 'user.fail' },
  scpn: { description: 'Phone number changed', refused: false, category: 'user.success' },
  fcpn: { description: 'Phone number not changed', refused: true, category: 'user.fail' },
  sv: { description: 'E-mail address verified', refused: false, category: 'user.success' },
  fv: { description: 'E-mail address not verified', refused: true, category: 'user.fail' },
  svr: { description: 'Verification mail asked for', refused: false, category: 'user.notification' },
  fvr: { description: 'Verification mail refused', refused: true, category: 'user.fail' },
  sdu: { description: 'User deleted', refused: false, category: 'user.success' },
  fdu: { description: 'User not deleted', refused: true, category: 'user.fail' },
  sui: { description: 'Users imported', refused: false, category: 'user.success' },
  fui: { description: 'Users not imported', refused: true, category: 'user.fail' },

  // Second factors
  gd_start_enroll: { description: 'Second factor being set up', refused: false, category: 'user.notification' },
  gd_enrollment_complete: { description: 'Second factor set up', refused: false, category: 'user.success' },
  gd_unenroll: { description: 'Second factor removed', refused: false, category: 'user.success' },
  gd_auth_succeed: { description: 'Second factor passed', refused: false, category: 'auth.login.success' },
  gd_auth_failed: { description: 'Second factor failed', refused: true, category: 'auth.login.fail' },
  gd_otp_rate_limit_exceed: { description: 'Too many wrong codes', refused: true, category: 'auth.login.fail' },
  gd_recovery_succeed: { description: 'Recovery code used', refused: false, category: 'auth.login.success' },
  gd_recovery_failed: { description: 'Recovery code refused', refused: true, category: 'auth.login.fail' },

  // Mails, codes, actions, housekeeping
  cls: { description: 'Code or link sent by e-mail', refused: false, category: 'user.notification' },
  cs: { description: 'Code sent to a phone', refused: false, category: 'user.notification' },
  fn: { description: 'Message not delivered', refused: true, category: 'user.notification' },
  wn: { description: 'Message delivered with a warning', refused: false, category: 'user.notification' },
  actions_execution_failed: { description: 'Action failed', refused: true, category: 'actions' },
  resource_cleanup: { description: 'Old records removed', refused: false, category: 'system.notification' },
  depnote: { description: 'Something outdated was used', refused: false, category: 'system.notification' },
} as const satisfies Record<string, { description: string; refused: boolean; category: string }>

/** A type code of the table. */
export type EventType = keyof typeof EVENT_TYPES
