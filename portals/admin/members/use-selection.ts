import { useState } from 'react'
import type { Member } from '../api/types.ts'

/** The members that were chosen, across the pages of a list. */
export type MemberSelection = {
  members: ReadonlyMap<string, Member>
  has: (id: string) => boolean
  toggle: (members: readonly Member[], isOn: boolean) => void
  clear: () => void
  /** Those of these ids stay, and nobody else. */
  keep: (ids: readonly string[]) => void
}

/** Keeps it while the list is open. */
export function useSelection(): MemberSelection {
  const [members, setMembers] = useState<ReadonlyMap<string, Member>>(new Map())
  return {
    members,
    has: (id) => members.has(id),
    toggle: (chosen, isOn) =>
      setMembers((before) => {
        const next = new Map(before)
        for (const member of chosen) {
          if (isOn) next.set(member.user_id, member)
          else next.delete(member.user_id)
        }
        return next
      }),
    clear: () => setMembers(new Map()),
    keep: (ids) => {
      const kept = new Set(ids)
      setMembers((before) => new Map([...before].filter(([id]) => kept.has(id))))
    },
  }
}
