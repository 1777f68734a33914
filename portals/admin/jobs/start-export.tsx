/** An export of the members: as a table or as JSON, with the fields that are wanted. */
import { Button } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { FormFoot } from '../../shared/components/form-foot.tsx'
import { FormPanel } from '../../shared/components/form-panel.tsx'
import { showToast } from '../../shared/components/toasts.tsx'
import { jobs } from '../api/api.ts'
import { refresh } from '../data.ts'
import { ActPanel } from '../pieces/act-panel.tsx'
import choices from '../pieces/choices.module.css'
import { type TextKey, useSay } from '../texts/texts.ts'
import { jobWordsOf } from './job.ts'

/** TABLE: what can be exported: the name of the column, where it stands, whether it is there unless it is taken out. */
const FIELDS = {
  email: { name: 'email', isUsual: true },
  name: { name: 'name', isUsual: true },
  given_name: { name: 'given_name', isUsual: true },
  family_name: { name: 'family_name', isUsual: true },
  username: { name: 'username', isUsual: false },
  phone_number: { name: 'phone_number', isUsual: false },
  locale: { name: 'user_metadata.locale', isUsual: false },
  title: { name: 'membership.attributes.title', isUsual: false },
  department: { name: 'membership.attributes.department', isUsual: false },
  roles: { name: 'membership.roles', isUsual: true },
  blocked: { name: 'blocked', isUsual: true },
  managed: { name: 'membership.managed', isUsual: false },
  created_at: { name: 'created_at', isUsual: false },
  ends_at: { name: 'membership.ends_at', isUsual: false },
  last_login: { name: 'last_login', isUsual: true },
  logins_count: { name: 'logins_count', isUsual: false },
  user_id: { name: 'user_id', isUsual: false },
} as const satisfies Record<string, { name: string; isUsual: boolean }>

type FieldName = keyof typeof FIELDS
// The keys are the table's own.
const NAMES = Object.keys(FIELDS) as FieldName[]
const FORMATS = ['csv', 'json'] as const

/** Draws it. */
export function StartExport({ onClose }: { onClose: () => void }) {
  const say = useSay()
  const navigate = useNavigate()
  const [format, setFormat] = useState<(typeof FORMATS)[number]>('csv')
  const [chosen, setChosen] = useState<ReadonlySet<FieldName>>(new Set(NAMES.filter((name) => FIELDS[name].isUsual)))
  const [isBusy, setBusy] = useState(false)
  const turn = (name: FieldName) =>
    setChosen((before) => new Set(NAMES.filter((one) => before.has(one) !== (one === name))))
  const start = async () => {
    setBusy(true)
    try {
      const fields = NAMES.filter((name) => chosen.has(name)).map((name) => ({
        name: FIELDS[name].name,
        export_as: name,
      }))
      const { id } = await jobs.exportUsers({ format, fields })
      await refresh('jobs')
      await navigate({ to: '/jobs/$jobId', params: { jobId: id } })
    } catch (error) {
      showToast({ text: say(jobWordsOf(error)), isProblem: true })
    } finally {
      setBusy(false)
    }
  }
  return (
    <ActPanel title={say('jobs.start_export')}>
      <FormPanel
        columns={1}
        problems={[]}
        onSubmit={() => void start()}
        foot={
          <FormFoot>
            <Button variant="subtle" onClick={onClose}>
              {say('shared.cancel')}
            </Button>
            <Button type="submit" variant="filled" loading={isBusy} disabled={chosen.size === 0}>
              {say('jobs.export_act')}
            </Button>
          </FormFoot>
        }
      >
        <fieldset className={choices.choices}>
          <legend>{say('jobs.format')}</legend>
          {FORMATS.map((one) => (
            <label key={one}>
              <input type="radio" name="format" checked={format === one} onChange={() => setFormat(one)} />
              {say(`jobs.format_${one}`)}
            </label>
          ))}
        </fieldset>
        <fieldset className={choices.choices} data-grid>
          <legend>{say('jobs.fields')}</legend>
          {NAMES.map((name) => (
            <label key={name}>
              <input type="checkbox" checked={chosen.has(name)} onChange={() => turn(name)} />
              {say(`jobs.field_${name}` as TextKey)}
            </label>
          ))}
        </fieldset>
      </FormPanel>
    </ActPanel>
  )
}
