/** The table of accounts that their holders give up. */
import type { Timestamp } from './tables.ts'

export type AccountDeletionsTable = { user_id: string; requested_at: Timestamp; due_at: Timestamp }

export type PrivacyTables = {
  account_deletions: AccountDeletionsTable
}
