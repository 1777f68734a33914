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
import { organizations } from '../api/api.ts'
import type { Organization, OrganizationSettings } from '../api/types.ts'
import { queries, refresh, useOrganization, useOrganizationName, useSettings } from '../data.ts'
import { Guarded } from '../pieces/guarded.tsx'
import { useSay } from '../texts/texts.ts'
import classes from './branding.module.css'
import { useColourNotes } from './colour-notes.ts'
import { LoginPreview, MailPreview } from './preview.tsx'

/** What is edited. */
type Draft = { logo_url: string; primary: string; page_background: string; language: string }

const OUR_COLOUR = '#016869'

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
  const [draft, setDraft] = useState<Draft>(before)
  const [problems, setProblems] = useState<readonly FieldProblem[]>([])
  const colourNotes = useColourNotes()
  const { isSaving, save } = useSave((change) => storeDraft(id, change as Draft, organization))
  const mayChange = may('update:organizations')
  const names = (Object.keys(draft) as (keyof Draft)[]).filter((key) => draft[key] !== before[key])
  const set = (key: keyof Draft) => (value: string) => setDraft({ ...draft, [key]: value.trim() })
  const submit = async () => {
    const found = faultsOf(draft).map(({ key, cure }) => ({
      id: `branding-${key}`,
      name: say(`branding.${key}`),
      cure: say(cure),
    }))
    setProblems(found)
    if (found.length > 0) return
    const change = (values: Draft) => ({ ...values })
    const result = await save({ change: change(draft), back: change(before), names })
    if (!result.isSaved) {
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
                setDraft(before)
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

function draftOf({ branding = {} }: Organization, { language }: OrganizationSettings): Draft {
  return {
    logo_url: branding.logo_url ?? '',
    primary: branding.colors?.primary ?? '',
    page_background: branding.colors?.page_background ?? '',
    language: language ?? '',
  }
}

function faultsOf({ logo_url: logo, primary, page_background: ground }: Draft) {
  const faults: {
    key: 'logo_url' | 'primary' | 'page_background'
    cure: 'shared.fault_url' | 'branding.fault_colour'
  }[] = []
  if (logo && !(/^https:\/\//i.test(logo) && URL.canParse(logo)))
    faults.push({ key: 'logo_url', cure: 'shared.fault_url' })
  if (primary && !isColour(primary)) faults.push({ key: 'primary', cure: 'branding.fault_colour' })
  if (ground && !isColour(ground)) faults.push({ key: 'page_background', cure: 'branding.fault_colour' })
  return faults
}

function isColour(text: string): boolean {
  return /^#[0-9a-f]{6}$/i.test(text)
}

/** The branding is replaced as a whole; both colours are kept together. */
async function storeDraft(id: string, draft: Draft, { branding = {} }: Organization): Promise<void> {
  const { logo_url: logo, primary, page_background: ground, language } = draft
  const colors =
    primary || ground ? { colors: { primary: primary || OUR_COLOUR, page_background: ground || '#fbfaf8' } } : {}
  const isSame =
    logo === (branding.logo_url ?? '') &&
    primary === (branding.colors?.primary ?? '') &&
    ground === (branding.colors?.page_background ?? '')
  if (!isSame) {
    const changed = await organizations.change(id, { branding: { ...(logo ? { logo_url: logo } : {}), ...colors } })
    queries.setQueryData(['organization', id], changed)
  }
  const settings = await organizations.changeSettings(id, { language: language || null })
  queries.setQueryData(['settings', id], settings)
  await refresh('own-organizations', 'logs')
}
