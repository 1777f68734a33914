/** A question before an act that cannot be taken back. */
import { Button } from '@mantine/core'
import { useEffect, useId, useRef } from 'react'
import { useSay } from '../use-language.ts'
import classes from './confirm.module.css'

/** Draws it. @param question with what it is about in it @param effect one sentence */
export function Confirm({ isOpen, question, effect, act, isBusy, onConfirm, onClose }: ConfirmProps) {
  const say = useSay()
  const id = useId()
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    if (isOpen) dialog.current?.showModal()
    else dialog.current?.close()
  }, [isOpen])
  return (
    <dialog
      ref={dialog}
      className={classes.dialog}
      aria-labelledby={`${id}-question`}
      aria-describedby={`${id}-effect`}
      onClose={() => isOpen && onClose()}
    >
      <div className={classes.text}>
        <h2 id={`${id}-question`}>{question}</h2>
        <p id={`${id}-effect`}>{effect}</p>
      </div>
      <div className={classes.acts}>
        <Button variant="subtle" onClick={onClose}>
          {say('shared.cancel')}
        </Button>
        <Button variant="danger-filled" onClick={onConfirm} loading={isBusy}>
          {act}
        </Button>
      </div>
    </dialog>
  )
}

type ConfirmProps = {
  isOpen: boolean
  question: string
  effect: string
  act: string
  isBusy: boolean
  onConfirm: () => void
  onClose: () => void
}
