/** The list of members as a file, with the columns that are shown. */
import { useState } from 'react'
import { showToast } from '../../shared/components/toasts.tsx'
import { csvOf } from '../../shared/csv.ts'
import { saveFile } from '../../shared/save-file.ts'
import type { Member } from '../api/types.ts'
import { nameOf } from '../data.ts'
import { standingOf } from '../pieces/member-status.tsx'
import { wordsOf } from '../pieces/problem-words.ts'
import { useSay } from '../texts/texts.ts'
import { COLUMNS, type ColumnId } from './columns.tsx'
import { listAll } from './every-member.ts'

/** TABLE: what stands in the file, by column. */
const CELLS: Readonly<Record<ColumnId, (member: Member) => string>> = {
  name: nameOf,
  email: ({ email = '' }) => email,
  roles: ({ membership }) => (membership?.roles ?? []).map(({ name }) => name).join('; '),
  status: standingOf,
  last_login: ({ last_login: at = '' }) => at,
  account: ({ membership }) => (membership?.managed ? 'managed' : 'own'),
  title: ({ membership }) => membership?.attributes.title ?? '',
  department: ({ membership }) => membership?.attributes.department ?? '',
  logins_count: ({ logins_count: count = 0 }) => String(count),
  created_at: ({ membership, created_at: at }) => membership?.created_at ?? at,
}

/** Exports those who were chosen, or everybody who fits the query. */
export function useExport(shown: ReadonlySet<string>) {
  const say = useSay()
  const [isExporting, setExporting] = useState(false)
  const exportRows = async (query: { q: string | undefined; sort: string }, chosen?: readonly Member[]) => {
    setExporting(true)
    try {
      const members = chosen ?? (await listAll(query))
      const columns = COLUMNS.map(({ id }) => id).filter((id) => shown.has(id))
      const rows = members.map((member) => [member.user_id, ...columns.map((id) => CELLS[id](member))])
      saveFile('members.csv', csvOf([['user_id', ...columns], ...rows]))
      showToast({ text: say('list.exported', { count: members.length }) })
    } catch (error) {
      showToast({ text: say(wordsOf(error)), isProblem: true })
    } finally {
      setExporting(false)
    }
  }
  return { isExporting, exportRows }
}
