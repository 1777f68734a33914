/** The texts of a version, a tab a language. */
import { Textarea, TextInput } from '@mantine/core'
import '@mantine/core/styles/Input.layer.css'
import '@mantine/core/styles/InlineInput.layer.css'
import { Cure } from '../../shared/fields/field-parts.tsx'
import { Tabs } from '../pieces/tabs.tsx'
import { useSay } from '../texts/texts.ts'
import { type Draft, idOf, type Part, type Place } from './draft.ts'
import classes from './terms.module.css'
import { useLanguageName } from './words.ts'

/** Draws them. @param isFirst whether there is no version before: then nothing is new in it */
export function TextFields({ texts, language, isFirst, cureOf, onLanguage, onChange }: TextFieldsProps) {
  const say = useSay()
  const languageName = useLanguageName()
  const field = (code: string, part: Part) => {
    const cure = cureOf({ language: code, part })
    return {
      id: idOf({ language: code, part }),
      label: say(`terms.${part}`),
      value: texts[code]?.[part] ?? '',
      lang: code,
      autoComplete: 'off',
      error: cure && <Cure text={cure} />,
      onChange: (event: { currentTarget: { value: string } }) => {
        const text = { title: '', summary: '', body: '', ...texts[code], [part]: event.currentTarget.value }
        onChange({ ...texts, [code]: text })
      },
    }
  }
  const content = (code: string) => (
    <div className={classes.fields}>
      <TextInput {...field(code, 'title')} />
      {!isFirst && <Textarea {...field(code, 'summary')} description={say('terms.summary_note')} rows={2} />}
      <Textarea {...field(code, 'body')} description={say('terms.body_note')} rows={14} />
    </div>
  )
  return (
    <div>
      <p className={classes.quiet}>{say('terms.language_note')}</p>
      <Tabs
        name={say('terms.language_tabs')}
        tabs={Object.keys(texts).map((code) => ({
          id: code,
          name: languageName(code),
          content: () => content(code),
        }))}
        current={language}
        onChoose={onLanguage}
      />
    </div>
  )
}

type TextFieldsProps = {
  texts: Draft['texts']
  language: string
  isFirst: boolean
  cureOf: (place: Place) => string | undefined
  onLanguage: (language: string) => void
  onChange: (texts: Draft['texts']) => void
}
