/** Metadata of sessions and refresh tokens: a flat object of texts within Auth0's limits. */
import { Type } from 'typebox'

const MOST_ENTRIES = 25
const LONGEST = 255

/** As it is sent; null takes all of it away. */
export const FlatMetadata = Type.Union([
  Type.Record(Type.String({ minLength: 1, maxLength: LONGEST }), Type.String({ maxLength: LONGEST }), {
    maxProperties: MOST_ENTRIES,
    description: `At most ${MOST_ENTRIES} entries of ${LONGEST} characters`,
  }),
  Type.Null(),
])
