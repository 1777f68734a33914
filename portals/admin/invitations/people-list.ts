/** A list of people to invite, as it is pasted or stands in a file: an address a line, with roles and language if wished. */

import { readCsv } from '../../shared/csv.ts'
import type { NewInvitation, Role } from '../api/types.ts'

/** A line, and what is wrong with it, if anything. */
export type Line = NewInvitation & {
  line: number
  fault?: 'no_address' | 'twice' | 'unknown_role' | 'unknown_language'
}

const ADDRESS = /^[^\s@]+@[^\s@]+\.[^\s@]+$/
const HEADS: Readonly<Record<string, 'email' | 'roles' | 'language'>> = {
  email: 'email',
  'e-mail': 'email',
  roles: 'roles',
  role: 'roles',
  rollen: 'roles',
  rolle: 'roles',
  language: 'language',
  sprache: 'language',
}

/** Reads it. Roles are named, parted by `|` or `;`. @param known roles that can be given */
export function readPeople(text: string, known: readonly Role[]): Line[] {
  const rows = readCsv(text)
  const first = rows[0]?.cells.map((cell) => HEADS[cell.toLowerCase()])
  const hasHead = first?.includes('email') === true
  const columns: readonly unknown[] = hasHead ? first : ['email', 'roles', 'language']
  const seen = new Set<string>()
  return rows.slice(hasHead ? 1 : 0).map(({ number, cells: row }) => {
    const cell = (name: 'email' | 'roles' | 'language') => row[columns.indexOf(name)] ?? ''
    const email = cell('email')
    const names = cell('roles')
      .split(/[|;]/)
      .map((name) => name.trim())
      .filter(Boolean)
    const roles = names.map((name) => known.find((role) => role.name.toLowerCase() === name.toLowerCase())?.id)
    const language = cell('language').slice(0, 2).toLowerCase()
    const isTwice = seen.has(email.toLowerCase())
    seen.add(email.toLowerCase())
    const fault = faultOf({ email, isTwice, hasUnknownRole: roles.includes(undefined), language })
    return {
      line: number,
      email,
      ...(roles.length > 0 ? { roles: roles.filter((id) => id !== undefined) } : {}),
      ...(language ? { language } : {}),
      ...(fault ? { fault } : {}),
    }
  })
}

type Facts = { email: string; isTwice: boolean; hasUnknownRole: boolean; language: string }

function faultOf({ email, isTwice, hasUnknownRole, language }: Facts): Line['fault'] {
  if (!ADDRESS.test(email)) return 'no_address'
  if (isTwice) return 'twice'
  if (hasUnknownRole) return 'unknown_role'
  return language && !['en', 'de'].includes(language) ? 'unknown_language' : undefined
}
