/** A copy of everything that is kept of the person. */
import { Button } from '@mantine/core'
import { CircleCheck, Download } from 'lucide-react'
import { useState } from 'react'
import { Fault } from '../../../shared/components/fault.tsx'
import { RecordSection } from '../../../shared/components/record-section.tsx'
import { saveFile } from '../../../shared/save-file.ts'
import { api } from '../../api.ts'
import { queries } from '../../profile.ts'
import { useSay } from '../../texts/texts.ts'
import { FILES, type Format } from './own-data.ts'
import classes from './privacy.module.css'

/** Where the copy is; nothing before it is asked for. */
type Standing = { is: 'working' | 'done'; format: Format } | { is: 'failed'; format: Format; error: Error } | undefined

/** Draws it. */
export function DataSection() {
  const say = useSay()
  const [standing, setStanding] = useState<Standing>()
  const isWorking = standing?.is === 'working'
  const take = async (format: Format) => {
    if (isWorking) return
    setStanding({ is: 'working', format })
    try {
      const { name, type, write } = FILES[format]
      saveFile(name, write(await api.personalData()), type)
      void queries.invalidateQueries({ queryKey: ['activity'] })
      setStanding({ is: 'done', format })
    } catch (error) {
      if (!(error instanceof Error)) throw error
      setStanding({ is: 'failed', format, error })
    }
  }
  return (
    <RecordSection title={say('privacy.data')} note={say('privacy.data_note')}>
      <p>{say('privacy.data_what')}</p>
      <p className={classes.hint}>{say('privacy.data_formats')}</p>
      <div className={classes.buttons}>
        {(['json', 'csv'] as const).map((format) => (
          <Button
            key={format}
            leftSection={<Download aria-hidden />}
            loading={isWorking && standing.format === format}
            onClick={() => void take(format)}
          >
            {say(`privacy.data_${format}`)}
          </Button>
        ))}
      </div>
      <div role="status">
        {isWorking && <p className={classes.outcome}>{say('privacy.data_working')}</p>}
        {standing?.is === 'done' && (
          <p className={`${classes.outcome} ${classes.done}`}>
            <CircleCheck aria-hidden />
            <span>{say('privacy.data_done', { file: FILES[standing.format].name })}</span>
          </p>
        )}
      </div>
      {standing?.is === 'failed' && (
        <div className={classes.outcome}>
          <Fault what={say('privacy.data_copy')} error={standing.error} onRetry={() => take(standing.format)} />
        </div>
      )}
    </RecordSection>
  )
}
