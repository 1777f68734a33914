/** TABLE: the part of the errors (`errors.ts`) that is about what a tenant writes for mails and pages. */
export const MAIL_AND_PAGE_ERRORS = {
  inexistent_email_template: {
    status: 404,
    text: 'The email template does not exist.',
    errorCode: 'inexistent_email_template',
  },
  inexistent_email_provider: {
    status: 404,
    text: 'There is not a configured email provider',
    errorCode: 'inexistent_email_provider',
  },
  // Auth0's body has no code.
  email_template_exists: { status: 409, text: 'Template {template} already exists.' },
  email_provider_exists: {
    status: 409,
    text: 'The email provider is already configured.',
    errorCode: 'email_provider_conflict',
  },
  email_verified_already: {
    status: 409,
    text: 'The address is verified already. No mail was sent.',
    errorCode: 'email_verified_already',
  },
  mail_switched_off: { status: 400, text: '{reason} No mail was sent.', errorCode: 'mail_switched_off' },
  too_many_mails: {
    status: 429,
    text: 'The user got as many of these mails as anybody gets within an hour. No mail was sent. Try again later.',
    errorCode: 'too_many_mails',
  },
  inexistent_page_template: {
    status: 404,
    text: 'The template does not exist.',
    errorCode: 'inexistent_templates_universal_login',
  },
  inexistent_theme: { status: 404, text: 'The theme does not exist.', errorCode: 'theme_not_found' },
  // Invitations, on the pages of signing in; in Auth0's words
  invitation_refused: {
    status: 403,
    text: 'the specified account is not allowed to accept the current invitation',
    oauth: 'access_denied',
  },
  invitation_gone: { status: 403, text: 'invitation not found or already used', oauth: 'access_denied' },

  theme_exists: { status: 409, text: 'There is a theme. Change it, or delete it first.', errorCode: 'theme_conflict' },
} as const
