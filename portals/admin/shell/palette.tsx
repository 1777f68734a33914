/** "Find or do": members, pages and acts by what is typed. Ctrl or Cmd with K opens it anywhere. */
import { Search } from 'lucide-react'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { openingStore } from '../pieces/opening-store.ts'
import { useSay } from '../texts/texts.ts'
import classes from './palette.module.css'
import { PaletteList } from './palette-list.tsx'

const palette = openingStore()

/** Opens it. */
export const openPalette = palette.open

const isApple = /mac|iphone|ipad/i.test(navigator.platform)

/** The button in the navigation. */
export function PaletteButton() {
  const say = useSay()
  return (
    <button type="button" className={classes.button} onClick={palette.open}>
      <Search aria-hidden />
      <span className={classes.words}>{say('palette.title')}</span>
      <kbd className={classes.key}>{isApple ? '⌘ K' : say('palette.key')}</kbd>
    </button>
  )
}

/** The palette itself; stands in the page once. */
export function Palette() {
  const say = useSay()
  const isOpen = useSyncExternalStore(palette.subscribe, palette.isOpen)
  const [dialog, setDialog] = useState<HTMLDialogElement | null>(null)
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey) return
      event.preventDefault()
      if (!document.querySelector('dialog[open]')) palette.open()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])
  useEffect(() => {
    if (isOpen) dialog?.showModal()
    else dialog?.close()
  }, [isOpen, dialog])
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes it; a click beside it does, too.
    <dialog
      ref={setDialog}
      className={classes.dialog}
      aria-label={say('palette.title')}
      onClose={palette.close}
      onClick={(event) => event.target === event.currentTarget && palette.close()}
    >
      {isOpen && <PaletteList onDone={palette.close} />}
    </dialog>
  )
}
