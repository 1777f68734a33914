/** The keys of the person's own metadata that are no field: facts that applications keep for the person. */
import { Line, Lines, RecordSection } from '../../../shared/components/record-section.tsx'
import { textOf } from '../../../shared/fields/field.ts'
import { EditButton } from '../../../shared/fields/field-group.tsx'
import { useEditing } from '../../../shared/use-editing.ts'
import { useSay } from '../../texts/texts.ts'
import { MetadataForm } from './metadata-form.tsx'
import classes from './personal.module.css'

/** Draws them. */
export function MoreAboutYou({ metadata }: { metadata: Readonly<Record<string, unknown>> }) {
  const say = useSay()
  const { isEditing, open, close, opener } = useEditing()
  const entries = Object.entries(metadata)
  const act = (
    <EditButton name={say('group.more')} opener={opener} onClick={open}>
      {entries.length === 0 ? say('more.add') : undefined}
    </EditButton>
  )
  return (
    <RecordSection title={say('group.more')} note={say('group.more_note')}>
      {isEditing && <MetadataForm metadata={metadata} onClose={close} />}
      {!isEditing && entries.length === 0 && (
        <div className={classes.empty}>
          <p>{say('more.empty')}</p>
          {act}
        </div>
      )}
      {!isEditing && entries.length > 0 && (
        <Lines act={act}>
          {entries.map(([key, value]) => (
            <Line key={key} name={key}>
              <span className={typeof value === 'string' ? undefined : 'mono'}>{textOf({ value })}</span>
            </Line>
          ))}
        </Lines>
      )}
    </RecordSection>
  )
}
