/** How the organization looks: logo, colours and language, with the sign-in page and a mail beside them as they will be. */
import { Button, TextInput } from '@mantine/core'
import '@mantine/core/styles/Input.layer.css'
import '@mantine/core/styles/InlineInput.layer.css'
import { useState } from 'react'
import { type FieldProblem, FormPanel } from '../../shared/components/form-panel.tsx'
import { Loaded, Page } from '../../shared/components/page.tsx'
import { SaveBar } from '../../shared/components/save-bar.tsx'
import { SkeletonLines } from '../../shared/components/skeleton.tsx'
import { Cure, Label } from '../../shared/fields/field-parts.tsx'
import { useSave } from '../../shared/fields/use-save.ts'
import { LANGUAGES, type Language, presentLanguage } from '../../shared/language.ts'
import { useMay, useOrganizationId } from '../access.ts'
import type { Organization, OrganizationSettings } from '../api/types.ts'
import { useOrganization, useOrganizationName, useSettings } from '../data.ts'
import { Guarded } from '../pieces/guarded.tsx'
import { useSay } from '../texts/texts.ts'
import classes from './branding.module.css'
import { useColourNotes } from './colour-notes.ts'
import { backOf, type Draft, draftOf, faultsOf, isColour, OUR_COLOUR, storeChange } from './draft.ts'
import { LoginPreview, MailPreview } from './preview.tsx'

/** Draws it. */
export function Branding() {
  const say = useSay()
  return (
    <Guarded title={say('nav.branding')} rights={['read:organizations']}>
      <BrandingPage />
    </Guarded>
  )
}

function BrandingPage() {
  const say = useSay()
  const organization = useOrganization()
  const settings = useSettings()
  const data = organization.data && settings.data && { organization: organization.data, settings: settings.data }
  const query = {
    data,
    error: organization.error ?? settings.error,
    refetch: () => Promise.all([organization.refetch(), settings.refetch()]),
  }
  return (
    <Page title={say('nav.branding')} lead={say('branding.lead')}>
      <Loaded query={query} what={say('branding.what')} skeleton={<SkeletonLines count={6} />}>
        {({ organization, settings }) => <Editor organization={organization} settings={settings} />}
      </Loaded>
    </Page>
  )
}

function Editor({ organization, settings }: { organization: Organization; settings: OrganizationSettings }) {
  const say = useSay()
  const may = useMay()
  const id = useOrganizationId()
  const name = useOrganizationName()
  const before = draftOf(organization, settings)
  // What is not edited is as it is now, also when somebody else has changed it meanwhile.
  const [edits, setEdits] = useState<Partial<Draft>>({})
  const draft = { ...before, ...edits }
  const [problems, setProblems] = useState<readonly FieldProblem[]>([])
  const colourNotes = useColourNotes()
  const { isSaving, save } = useSave((change) => storeChange(id, change))
  const mayChange = may('update:organizations')
  const names = (Object.keys(draft) as (keyof Draft)[]).filter((key) => draft[key] !== before[key])
  const set = (key: keyof Draft) => (value: string) => setEdits({ ...edits, [key]: value.trim() })
  const submit = async () => {
    const found = faultsOf(draft).map(({ key, cure }) => ({
      id: `branding-${key}`,
      name: say(`branding.${key}`),
      cure: say(cure),
    }))
    setProblems(found)
    if (found.length > 0) return
    const change = Object.fromEntries(names.map((name) => [name, draft[name]]))
    const result = await save({ change, back: backOf(before, names), names })
    // What was typed while it was saved is not.
    if (result.isSaved)
      setEdits((now) => Object.fromEntries(Object.entries(now).filter(([key, value]) => change[key] !== value)))
    else {
      setProblems(
        result.refused.map((key) => ({
          id: `branding-${key}`,
          name: key,
          cure: say('shared.fault_refused'),
        })),
      )
    }
  }
  const field = (key: keyof Draft) => ({
    id: `branding-${key}`,
    label: <Label name={say(`branding.${key}`)} isChanged={names.includes(key)} />,
    value: draft[key],
    readOnly: !mayChange,
    ...(mayChange ? {} : { 'data-locked': true }),
    error: problemText(problems, `branding-${key}`),
  })
  const look = {
    name,
    logo: draft.logo_url,
    colour: isColour(draft.primary) ? draft.primary : OUR_COLOUR,
    ground: isColour(draft.page_background) ? draft.page_background : undefined,
    // One of the table's, or the tenant's own.
    language: (Object.hasOwn(LANGUAGES, draft.language) ? draft.language : presentLanguage()) as Language,
  }
  return (
    <div className={classes.columns}>
      <FormPanel
        columns={1}
        problems={problems}
        onSubmit={() => void submit()}
        foot={
          mayChange &&
          names.length > 0 && (
            <SaveBar
              changes={names.map((key) => ({ name: say(`branding.${key}`), before: before[key] }))}
              isSaving={isSaving}
              onDiscard={() => {
                setEdits({})
                setProblems([])
              }}
            />
          )
        }
      >
        <TextInput
          {...field('logo_url')}
          type="url"
          autoComplete="off"
          description={say('branding.logo_note')}
          onChange={(event) => set('logo_url')(event.currentTarget.value)}
        />
        <ColourField
          {...field('primary')}
          notes={isColour(draft.primary) ? colourNotes(draft.primary) : []}
          onChange={set('primary')}
        />
        <ColourField {...field('page_background')} notes={[]} onChange={set('page_background')} />
        <LanguageField value={draft.language} isReadOnly={!mayChange} onChange={set('language')} />
      </FormPanel>
      <div className={classes.previews}>
        <LoginPreview look={look} />
        <MailPreview look={look} />
      </div>
    </div>
  )
}

type ColourFieldProps = {
  id: string
  label: React.ReactNode
  value: string
  readOnly: boolean
  error: React.ReactNode
  notes: readonly string[]
  onChange: (value: string) => void
}

function ColourField({ id, label, value, readOnly, error, notes, onChange }: ColourFieldProps) {
  const say = useSay()
  return (
    <div>
      <TextInput
        id={id}
        label={label}
        value={value}
        readOnly={readOnly}
        {...(readOnly ? { 'data-locked': true } : {})}
        error={error}
        autoComplete="off"
        spellCheck={false}
        placeholder="#016869"
        classNames={{ input: 'mono' }}
        description={error ? undefined : say('branding.colour_note')}
        onChange={(event) => onChange(event.currentTarget.value)}
        leftSection={
          <input
            type="color"
            className={classes.well}
            aria-label={say('branding.pick', { id: id.split('-')[1] ?? '' })}
            value={isColour(value) ? value.toLowerCase() : OUR_COLOUR}
            disabled={readOnly}
            onChange={(event) => onChange(event.currentTarget.value)}
          />
        }
        rightSection={
          value !== '' && !readOnly ? (
            <Button variant="subtle" size="compact-sm" className={classes.none} onClick={() => onChange('')}>
              {say('branding.no_colour')}
            </Button>
          ) : undefined
        }
        rightSectionWidth="auto"
      />
      {notes.length > 0 && (
        <div role="status">
          <ul className={classes.notes}>
            {notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </div>
      )}
    </div>
  )
}

function LanguageField({
  value,
  isReadOnly,
  onChange,
}: {
  value: string
  isReadOnly: boolean
  onChange: (value: string) => void
}) {
  const say = useSay()
  return (
    <fieldset className={classes.languages} disabled={isReadOnly}>
      <legend>{say('branding.language')}</legend>
      {[['', say('branding.language_any')], ...Object.entries(LANGUAGES)].map(([code = '', shown]) => (
        <label key={code} {...(code ? { lang: code } : {})}>
          <input type="radio" name="language" checked={value === code} onChange={() => onChange(code)} />
          {shown}
        </label>
      ))}
    </fieldset>
  )
}

function problemText(problems: readonly FieldProblem[], id: string) {
  const problem = problems.find((one) => one.id === id)
  return problem && <Cure text={problem.cure} />
}
