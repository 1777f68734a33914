/** What stands around the control of a field. */
import { CircleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { ChangedMark } from '../components/save-bar.tsx'

/** A label, with a mark once the value is another than before. */
export function Label({ name, isChanged }: { name: string; isChanged: boolean }) {
  return (
    <>
      {name}
      {isChanged && <ChangedMark />}
    </>
  )
}

/** What to do about a value that was refused. */
export function Cure({ text }: { text: string }): ReactNode {
  return (
    <>
      <CircleAlert aria-hidden />
      <span>{text.charAt(0).toUpperCase() + text.slice(1)}</span>
    </>
  )
}
