/** TABLE: the options of a database connection, by Auth0's names and limits. Nothing else is let in. */
import { Type } from 'typebox'

const Yes = Type.Optional(Type.Boolean())
const Enabled = Type.Object({ enabled: Yes }, { additionalProperties: false })
const closed = { additionalProperties: false } as const

function oneOf<const Names extends readonly string[]>(...names: Names) {
  return Type.Optional(Type.Enum(names))
}

const SignupVerified = Type.Object(
  {
    status: oneOf('required', 'optional', 'inactive'),
    verification: Type.Optional(Type.Object({ active: Yes }, closed)),
  },
  closed,
)

const Attributes = Type.Object(
  {
    email: Type.Optional(
      Type.Object(
        {
          identifier: Type.Optional(
            Type.Object({ active: Yes, default_method: oneOf('password', 'email_otp') }, closed),
          ),
          unique: Yes,
          profile_required: Yes,
          verification_method: oneOf('link', 'otp'),
          signup: Type.Optional(SignupVerified),
        },
        closed,
      ),
    ),
    phone_number: Type.Optional(
      Type.Object(
        {
          identifier: Type.Optional(
            Type.Object({ active: Yes, default_method: oneOf('password', 'phone_otp') }, closed),
          ),
          profile_required: Yes,
          signup: Type.Optional(SignupVerified),
        },
        closed,
      ),
    ),
    username: Type.Optional(
      Type.Object(
        {
          identifier: Type.Optional(
            Type.Object({ active: Yes, default_method: oneOf('password', 'email_otp') }, closed),
          ),
          profile_required: Yes,
          signup: Type.Optional(Type.Object({ status: oneOf('required', 'optional', 'inactive') }, closed)),
          validation: Type.Optional(
            Type.Object(
              {
                min_length: Type.Optional(Type.Number({ minimum: 1, maximum: 128 })),
                max_length: Type.Optional(Type.Number({ minimum: 1, maximum: 128 })),
                allowed_types: Type.Optional(Type.Object({ email: Yes, phone_number: Yes }, closed)),
              },
              closed,
            ),
          ),
        },
        closed,
      ),
    ),
  },
  closed,
)

const Word = Type.String({ maxLength: 50 })

/** What goes on to a provider with a request to sign in; a database of ours has none, and keeps it. */
const UpstreamParameters = Type.Record(
  Type.String({ maxLength: 255 }),
  Type.Object({ alias: Type.Optional(Type.String()), value: Type.Optional(Type.String()) }, closed),
)

const PasswordOptions = Type.Object(
  {
    complexity: Type.Optional(
      Type.Object(
        {
          min_length: Type.Optional(Type.Integer({ minimum: 1, maximum: 72 })),
          character_types: Type.Optional(
            Type.Array(Type.Enum(['uppercase', 'lowercase', 'number', 'special']), { maxItems: 4 }),
          ),
          character_type_rule: oneOf('all', 'three_of_four'),
          identical_characters: oneOf('allow', 'block'),
          sequential_characters: oneOf('allow', 'block'),
          max_length_exceeded: oneOf('truncate', 'error'),
        },
        closed,
      ),
    ),
    dictionary: Type.Optional(
      Type.Object(
        {
          active: Yes,
          custom: Type.Optional(Type.Array(Word, { maxItems: 200 })),
          default: oneOf('en_10k', 'en_100k'),
        },
        closed,
      ),
    ),
    history: Type.Optional(
      Type.Object({ active: Yes, size: Type.Optional(Type.Integer({ minimum: 1, maximum: 24 })) }, closed),
    ),
    profile_data: Type.Optional(
      Type.Object(
        {
          active: Yes,
          blocked_fields: Type.Optional(Type.Array(Type.String({ maxLength: 100 }), { maxItems: 100 })),
        },
        closed,
      ),
    ),
  },
  closed,
)

/** Auth0's names for the strength of passwords. A connection that names none has our default rules. */
export const PASSWORD_POLICIES = ['none', 'low', 'fair', 'good', 'excellent'] as const

/** Options that may be null, which says the same as leaving them out; they are stored without. */
const PasswordRules = Type.Object({
  passwordPolicy: oneOf(...PASSWORD_POLICIES),
  password_complexity_options: Type.Optional(
    Type.Object({ min_length: Type.Optional(Type.Integer({ minimum: 1, maximum: 128 })) }, closed),
  ),
  password_history: Type.Optional(
    Type.Object({ enable: Type.Boolean(), size: Type.Optional(Type.Integer({ minimum: 0, maximum: 24 })) }, closed),
  ),
  password_dictionary: Type.Optional(
    Type.Object({ enable: Type.Boolean(), dictionary: Type.Optional(Type.Array(Word, { maxItems: 200 })) }, closed),
  ),
  password_no_personal_info: Type.Optional(Type.Object({ enable: Type.Boolean() }, closed)),
})

/** The options of a database connection as they are stored. */
export const DatabaseOptionsSchema = Type.Object(
  {
    ...PasswordRules.properties,
    password_options: Type.Optional(PasswordOptions),
    attributes: Type.Optional(Attributes),
    validation: Type.Optional(
      Type.Object(
        {
          username: Type.Optional(
            Type.Object(
              {
                min: Type.Integer({ minimum: 1, maximum: 128 }),
                max: Type.Integer({ minimum: 1, maximum: 128 }),
              },
              closed,
            ),
          ),
        },
        closed,
      ),
    ),
    precedence: Type.Optional(
      Type.Array(Type.Enum(['email', 'phone_number', 'username']), { minItems: 3, maxItems: 3, uniqueItems: true }),
    ),
    requires_username: Yes,
    disable_signup: Yes,
    // Ours: whether its users have to verify their address before they are signed in anywhere.
    require_verified_email: Yes,
    brute_force_protection: Yes,
    disable_self_service_change_password: Yes,
    import_mode: Yes,
    enable_script_context: Yes,
    enabledDatabaseCustomization: Yes,
    customScripts: Type.Optional(Type.Record(Type.String(), Type.String())),
    configuration: Type.Optional(Type.Record(Type.String(), Type.String())),
    realm_fallback: Yes,
    upstream_params: Type.Optional(UpstreamParameters),
    strategy_version: Type.Optional(Type.Integer()),
    non_persistent_attrs: Type.Optional(Type.Array(Type.String({ maxLength: 255 }), { maxItems: 96 })),
    mfa: Type.Optional(Type.Object({ active: Yes, return_enroll_settings: Yes }, closed)),
    authentication_methods: Type.Optional(
      Type.Object(
        {
          password: Type.Optional(
            Type.Object(
              {
                enabled: Yes,
                api_behavior: oneOf('required', 'optional'),
                signup_behavior: oneOf('allow', 'block'),
              },
              closed,
            ),
          ),
          passkey: Type.Optional(Enabled),
          email_otp: Type.Optional(Enabled),
          phone_otp: Type.Optional(Enabled),
        },
        closed,
      ),
    ),
    passkey_options: Type.Optional(
      Type.Object(
        {
          challenge_ui: oneOf('both', 'autofill', 'button'),
          progressive_enrollment_enabled: Yes,
          local_enrollment_enabled: Yes,
        },
        closed,
      ),
    ),
  },
  closed,
)
