import { type DragEvent, useState } from 'react'
import { useSay } from '../texts/texts.ts'
import classes from './jobs.module.css'

/** A place for a file: dropped there, or chosen. @param columns that a table may have */
export function FileDrop({ file, columns, onFile }: FileDropProps) {
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
      {say('jobs.drop', { columns: columns.join(', ') })}
      <label className={classes.file}>
        {say('invitations.choose_file')}
        <input
          type="file"
          className="unseen"
          accept=".csv,.tsv,.json,.jsonl,.ndjson"
          onChange={(event) => take(event.currentTarget.files)}
        />
      </label>
      <p role="status">{file && <strong>{file.name}</strong>}</p>
    </div>
  )
}

type FileDropProps = { file: File | undefined; columns: readonly string[]; onFile: (file: File) => void }
