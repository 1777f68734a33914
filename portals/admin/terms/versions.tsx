/** The versions that were published, the newest first, each with its texts. */
import { Button } from '@mantine/core'
import { useState } from 'react'
import { Moment } from '../../shared/components/moment.tsx'
import { Loaded } from '../../shared/components/page.tsx'
import { RecordSection } from '../../shared/components/record-section.tsx'
import { SkeletonLines } from '../../shared/components/skeleton.tsx'
import { Status } from '../../shared/components/status.tsx'
import { useLanguage } from '../../shared/use-language.ts'
import type { Terms, TermsSummary, TermsVersion } from '../api/types.ts'
import { useNames } from '../data.ts'
import { Tabs } from '../pieces/tabs.tsx'
import { useSay } from '../texts/texts.ts'
import { useTermsSummary, useVersions } from './data.ts'
import { languageAmong } from './names.ts'
import classes from './terms.module.css'
import { TextView } from './text-view.tsx'
import { useLanguageName } from './words.ts'

/** Draws them. */
export function VersionsSection({ terms }: { terms: Terms }) {
  const say = useSay()
  const versions = useVersions(terms.id)
  const { data: summary } = useTermsSummary(terms.id)
  const all = versions.data?.pages.flatMap((page) => page.versions)
  const names = useNames(all?.flatMap(({ published_by: by }) => by ?? []) ?? [])
  return (
    <RecordSection title={say('terms.versions')} note={say('terms.versions_note')}>
      <Loaded
        query={{ data: all, error: versions.error, refetch: versions.refetch }}
        what={say('terms.versions_what')}
        skeleton={<SkeletonLines count={3} />}
      >
        {(list) => (
          <>
            <ul className={classes.versions}>
              {list.map((version) => (
                <Version
                  key={version.version}
                  version={version}
                  terms={terms}
                  state={stateOf(version, list)}
                  said={summary?.versions.find((one) => one.version === version.version)}
                  by={names.get(version.published_by ?? '')}
                />
              ))}
            </ul>
            {versions.hasNextPage && (
              <div className={classes.more}>
                <Button loading={versions.isFetchingNextPage} onClick={() => void versions.fetchNextPage()}>
                  {say('terms.older')}
                </Button>
              </div>
            )}
          </>
        )}
      </Loaded>
    </RecordSection>
  )
}

type VersionState = 'announced' | 'in_effect' | 'replaced'

function stateOf({ version, effective_at: from }: TermsVersion, list: readonly TermsVersion[]): VersionState {
  const isInEffect = (moment: string) => Date.parse(moment) <= Date.now()
  if (!isInEffect(from)) return 'announced'
  return list.some((one) => one.version > version && isInEffect(one.effective_at)) ? 'replaced' : 'in_effect'
}

function Version({ version, terms, state, said, by }: VersionProps) {
  const say = useSay()
  const { version: number, effective_at: from, deadline_at: deadline, published_at: at } = version
  const isLater = Date.parse(from) > Date.now()
  return (
    <li>
      <details className={classes.version}>
        <summary>
          <span className={classes.number}>{say('terms.version_number', { version: number })}</span>
          {state === 'replaced' ? (
            <span className={classes.quiet}>{say('terms.replaced')}</span>
          ) : (
            !terms.retired && <Status state={state === 'in_effect' ? 'ok' : 'waiting'}>{say(`terms.${state}`)}</Status>
          )}
        </summary>
        <Texts version={version} />
      </details>
      <p className={classes.facts}>
        <span>
          {say(isLater ? 'terms.from' : 'terms.since')} <Moment at={from} isDay />
        </span>
        {terms.required && deadline !== from && (
          <span>
            {say('terms.needed_from')} <Moment at={deadline} isDay />
          </span>
        )}
        <span>
          {say('terms.published')} <Moment at={at} /> {by && say('terms.published_by', { name: by })}
        </span>
        {said && <span>{say(terms.required ? 'terms.counts' : 'terms.counts_consent', said)}</span>}
      </p>
    </li>
  )
}

type VersionProps = {
  version: TermsVersion
  terms: Terms
  state: VersionState
  said: TermsSummary['versions'][number] | undefined
  by: string | undefined
}

function Texts({ version: { version, texts } }: { version: TermsVersion }) {
  const say = useSay()
  const ours = useLanguage()
  const languageName = useLanguageName()
  const [chosen, setChosen] = useState(languageAmong(texts, ours))
  const shown = Object.entries(texts).map(([language, text]) => ({
    id: language,
    name: languageName(language),
    content: () => <TextView text={text} language={language} />,
  }))
  const [only] = shown
  if (shown.length === 1) return only?.content()
  return <Tabs name={say('terms.texts', { version })} tabs={shown} current={chosen} onChoose={setChosen} />
}
