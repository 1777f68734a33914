/** What a row of the attributes table is. */
import type { TSchema } from 'typebox'

/** Who reads: the person himself, an administrator of his organization, applications and operators. */
export type Reader = 'self' | 'administrator' | 'management'
/** Who writes: the same, and whoever signs up. */
export type Editor = Reader | 'sign-up'

/** What a login through an identity provider may do to a value. */
export type ProviderRule = 'always' | 'until edited' | 'never'

/** A kind of text that a form has a field of its own for. */
export type Input = 'email' | 'phone' | 'url' | 'locale' | 'zoneinfo'

type Row<Who extends Editor> = {
  schema: TSchema
  /** Who may read it; nobody named means nobody. */
  read: readonly Exclude<Who, 'sign-up'>[]
  /** Who may write it; nobody named means the server alone. */
  edit: readonly Who[]
  fromProvider: ProviderRule
  /** A value under this key there wins in tokens, /userinfo, mails, /me and portals; `/api/v2` shows both as stored. */
  override?: 'user_metadata' | 'app_metadata'
  /** The OIDC scope that releases it, and the claim's name where it differs. */
  claim?: 'profile' | 'email' | 'phone'
  claimName?: string
  /** Part of export and erasure, and why it is kept. */
  personal?: { purpose: 'identification' | 'contact' | 'security' | 'preferences' }
  /** Its place in a form; `input` is what kind of text is asked for, where it is not plain. */
  form?: { order: number; label: `attribute.${string}`; input?: Input }
  /** Whether null in a change removes it. */
  removable?: true
  /** How `q` and `sort` find it: exactly as stored, without regard to case, or as what it is. Columns only. */
  search?: 'exact' | 'folded' | 'truth' | 'number' | 'date'
}

/** A row of the table. What lies in `app_metadata` is never the person's own to write. */
export type AttributeRow =
  | ({ stored: 'column' | 'user_metadata' | 'membership' } & Row<Editor>)
  | ({ stored: 'app_metadata' } & Row<Exclude<Editor, 'self' | 'sign-up'>>)
