import { useRouterState } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'

/**
 * The menu that phones have in place of the list of pages. It goes away when another page is shown, and with Escape, which
 * takes the keyboard back to the button. Whoever chooses the page that is shown already calls `close`.
 *
 * @param id of the element that is the menu
 */
export function usePhoneMenu(id: string) {
  const path = useRouterState({ select: ({ location }) => location.pathname })
  const [isOpen, setOpen] = useState(false)
  const toggle = useRef<HTMLButtonElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page closes the menu.
  useEffect(() => setOpen(false), [path])
  useEffect(() => {
    if (!isOpen) return
    const onKey = ({ key }: KeyboardEvent) => {
      // What is open over it or within it goes first.
      if (key !== 'Escape' || document.querySelector(`dialog[open], #${id} [aria-expanded=true]`)) return
      setOpen(false)
      toggle.current?.focus()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [isOpen, id])
  return { isOpen, toggle, turn: () => setOpen(!isOpen), close: () => setOpen(false) }
}
