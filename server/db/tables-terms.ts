/** The tables of terms and consents: what is asked, in which versions, and who said what to it. */
import type { Json, Timestamp } from './tables.ts'

/** A text of a version in one language, and the digest that the ledger repeats. */
export type TermsText = { title: string; summary?: string; body: string; sha256: string }

export type TermsTable = {
  id: string
  name: string
  required: boolean
  organization_id: string | null
  client_id: string | null
  retired_at: Timestamp | null
  created_at: Timestamp
  updated_at: Timestamp
}

export type TermVersionsTable = {
  terms_id: string
  version: number
  texts: Json<Record<string, TermsText>>
  effective_at: Timestamp
  deadline_at: Timestamp
  published_at: Timestamp
  published_by: string | null
}

export type AcceptancesTable = {
  id: string
  user_id: string
  terms_id: string
  version: number
  outcome: 'accepted' | 'declined' | 'withdrawn'
  language: string
  sha256: string
  created_at: Timestamp
  ip: string | null
  user_agent: string | null
  client_id: string | null
  organization_id: string | null
}

export type TermsTables = {
  terms: TermsTable
  term_versions: TermVersionsTable
  acceptances: AcceptancesTable
}
