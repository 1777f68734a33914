/** A question before an act of weight: what it is about, its effect in a sentence, what has to be said for it, and the act. */
import { Button } from '@mantine/core'
import { type FormEvent, type ReactNode, useEffect, useId, useRef } from 'react'
import { useSay } from '../use-language.ts'
import classes from './confirm.module.css'

/**
 * Draws it. @param question with what it is about in it @param effect one sentence
 * @param isAllowed whether what has to be said is said @param isDangerous whether the act is red
 */
export function Confirm(props: ConfirmProps) {
  const { isOpen, question, effect, act, isBusy, isAllowed = true, isDangerous = true, size } = props
  const { onConfirm, onClose, onStop, children } = props
  const say = useSay()
  const id = useId()
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    if (isOpen) dialog.current?.showModal()
    else dialog.current?.close()
  }, [isOpen])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    // React has it rise to a form around the dialog, wherever the dialog stands in the page.
    event.stopPropagation()
    if (isAllowed && !isBusy) onConfirm()
  }
  return (
    <dialog
      ref={dialog}
      className={size === 'wide' ? `${classes.dialog} ${classes.wide}` : classes.dialog}
      aria-labelledby={`${id}-question`}
      {...(effect ? { 'aria-describedby': `${id}-effect` } : {})}
      onClose={() => isOpen && (onStop ?? onClose)()}
      onCancel={(event) => {
        if (!onStop) return
        event.preventDefault()
        onStop()
      }}
    >
      <form onSubmit={submit} noValidate>
        <div className={classes.text}>
          <h2 id={`${id}-question`}>{question}</h2>
          {effect && <p id={`${id}-effect`}>{effect}</p>}
          {children && <div className={classes.said}>{children}</div>}
        </div>
        <div className={classes.acts}>
          <Button variant="subtle" onClick={onStop ?? onClose}>
            {say(onStop ? 'shared.stop' : 'shared.cancel')}
          </Button>
          <Button
            type="submit"
            variant={isDangerous ? 'danger-filled' : 'filled'}
            disabled={!isAllowed}
            loading={isBusy}
          >
            {act}
          </Button>
        </div>
      </form>
    </dialog>
  )
}

type ConfirmProps = {
  isOpen: boolean
  question: string
  effect?: ReactNode
  act: string
  isBusy: boolean
  isAllowed?: boolean
  isDangerous?: boolean
  size?: 'wide'
  onConfirm: () => void
  onClose: () => void
  /** While the act goes on and can be stopped: it stays open until that has happened. */
  onStop?: (() => void) | undefined
  children?: ReactNode
}
