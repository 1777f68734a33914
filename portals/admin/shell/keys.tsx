/** Single keys: `/` to the search, `g` and a letter to a page, `j` and `k` through rows, `?` for this list. They can be turned off. */
import { Button } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { useMay } from '../access.ts'
import { PAGES } from '../pages.ts'
import { openingStore } from '../pieces/opening-store.ts'
import { useSay } from '../texts/texts.ts'
import classes from './keys.module.css'

const help = openingStore()
const OFF = 'tenantry-single-keys-off'
const SEQUENCE_MILLISECONDS = 1_500

/** Shows the list of keys. */
export const openKeyHelp = help.open

/** Listens, and draws the list of keys. */
export function Keys() {
  const [isOn, setOn] = useState(() => localStorage.getItem(OFF) === null)
  const isOpen = useSyncExternalStore(help.subscribe, help.isOpen)
  useSingleKeys(isOn)
  const turn = (next: boolean) => {
    setOn(next)
    if (next) localStorage.removeItem(OFF)
    else localStorage.setItem(OFF, 'yes')
  }
  return <KeyHelp isOpen={isOpen} isOn={isOn} onTurn={turn} />
}

function KeyHelp({ isOpen, isOn, onTurn }: { isOpen: boolean; isOn: boolean; onTurn: (isOn: boolean) => void }) {
  const say = useSay()
  const may = useMay()
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    if (isOpen) dialog.current?.showModal()
    else dialog.current?.close()
  }, [isOpen])
  const keys = [
    [say('palette.key'), say('palette.title')],
    ['/', say('keys.search')],
    ['j', say('keys.next')],
    ['k', say('keys.previous')],
    ['x', say('keys.select')],
    ...PAGES.filter(({ rights }) => may(...rights)).map(({ key, letter }) => [`g ${letter}`, say(key)]),
    ['?', say('keys.title')],
  ]
  return (
    <dialog ref={dialog} className={classes.dialog} aria-labelledby="keys-title" onClose={help.close}>
      <div className={classes.text}>
        <h2 id="keys-title">{say('keys.title')}</h2>
        <dl className={classes.keys}>
          {keys.map(([key = '', what]) => (
            <div key={key}>
              <dt>
                {key.split(' ').map((one) => (
                  <kbd key={one}>{one}</kbd>
                ))}
              </dt>
              <dd>{what}</dd>
            </div>
          ))}
        </dl>
        <label className={classes.switch}>
          <input type="checkbox" checked={isOn} onChange={(event) => onTurn(event.currentTarget.checked)} />
          {say('keys.on')}
        </label>
      </div>
      <div className={classes.acts}>
        <Button onClick={help.close}>{say('shared.close')}</Button>
      </div>
    </dialog>
  )
}

function useSingleKeys(isOn: boolean): void {
  const navigate = useNavigate()
  const may = useMay()
  const begun = useRef(0)
  useEffect(() => {
    if (!isOn) return
    const go = (letter: string) => {
      const page = PAGES.find((one) => one.letter === letter)
      if (page && may(...page.rights)) void navigate({ to: page.to })
    }
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
      const isSecond = performance.now() - begun.current < SEQUENCE_MILLISECONDS
      begun.current = event.key === 'g' && !isSecond ? performance.now() : 0
      if (isSecond) return go(event.key)
      const act = ACTS[event.key]
      if (act?.()) event.preventDefault()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [isOn, may, navigate])
}

/** TABLE: what a key does; whether there was something to do. */
const ACTS: Readonly<Record<string, () => boolean>> = {
  '/': () => focusOn(document.querySelector<HTMLElement>('main [type=search]')),
  '?': () => {
    help.open()
    return true
  },
  j: () => focusRow(1),
  k: () => focusRow(-1),
  x: () => {
    const box = document.activeElement?.closest('[data-row]')?.querySelector<HTMLInputElement>('[type=checkbox]')
    box?.click()
    return box !== undefined && box !== null
  },
}

function focusRow(step: 1 | -1): boolean {
  const links = [...document.querySelectorAll<HTMLElement>('main [data-row] [data-opens]')]
  const at = links.findIndex((link) => link.closest('[data-row]')?.contains(document.activeElement))
  return focusOn(links[at === -1 ? 0 : at + step] ?? null)
}

function focusOn(element: HTMLElement | null): boolean {
  element?.focus()
  return element !== null
}

function isTyping(target: EventTarget | null): boolean {
  if (document.querySelector('dialog[open]')) return true
  if (!(target instanceof HTMLElement)) return false
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio'].includes(target.type)
  return target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement
}
