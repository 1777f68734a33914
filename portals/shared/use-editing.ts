import { useEffect, useRef, useState } from 'react'

/** Whether something is being edited. When it no longer is, the focus goes back to the button that opened it. */
export function useEditing() {
  const [isEditing, setEditing] = useState(false)
  const opener = useRef<HTMLButtonElement>(null)
  const wasEditing = useRef(false)
  useEffect(() => {
    if (wasEditing.current && !isEditing) opener.current?.focus()
    wasEditing.current = isEditing
  }, [isEditing])
  return { isEditing, open: () => setEditing(true), close: () => setEditing(false), opener }
}
