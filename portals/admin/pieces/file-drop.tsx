import { type DragEvent, type ReactNode, useState } from 'react'
import { useSay } from '../texts/texts.ts'
import classes from './file-drop.module.css'

/** A place for a file: dropped there, or chosen. @param words that end with "or" @param accept as of an input */
export function FileDrop({ words, accept, onFile, children }: FileDropProps) {
  const say = useSay()
  const [isOver, setOver] = useState(false)
  const take = (files: FileList | null) => {
    const [first] = files ?? []
    if (first) onFile(first)
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    take(event.dataTransfer.files)
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button in it does the same.
    <div
      className={classes.drop}
      data-over={isOver || undefined}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      {words}
      <label className={classes.file}>
        {say('invitations.choose_file')}
        <input type="file" className="unseen" accept={accept} onChange={(event) => take(event.currentTarget.files)} />
      </label>
      {children}
    </div>
  )
}

type FileDropProps = { words: string; accept: string; onFile: (file: File) => void; children?: ReactNode }
