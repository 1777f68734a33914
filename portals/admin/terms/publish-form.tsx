/** The form of a version: its texts, when it counts, and beside it how people see it. It is published after a question. */
import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { flushSync } from 'react-dom'
import { FormFoot } from '../../shared/components/form-foot.tsx'
import { type FieldProblem, FormPanel } from '../../shared/components/form-panel.tsx'
import { LeaveGuard } from '../../shared/components/leave-guard.tsx'
import { useClock } from '../../shared/components/moment.tsx'
import { useOnline } from '../../shared/components/offline-banner.tsx'
import { LANGUAGES } from '../../shared/language.ts'
import { dateOf } from '../../shared/time.ts'
import { useLanguage } from '../../shared/use-language.ts'
import type { Terms, TermsVersion } from '../api/types.ts'
import { useSay } from '../texts/texts.ts'
import { type Draft, draftOf, type Fault, faultsOf, idOf, languageOf, type Place } from './draft.ts'
import { MomentFields } from './moment-fields.tsx'
import { languageAmong } from './names.ts'
import { Preview } from './preview.tsx'
import { PublishQuestion } from './publish-question.tsx'
import classes from './terms.module.css'
import { TextFields } from './text-fields.tsx'
import { useLanguageName } from './words.ts'

/** Draws it. @param newest the version before, if any @param first the title with which the terms were made */
export function PublishForm({ terms, newest, title, first }: PublishFormProps) {
  const say = useSay()
  const ours = useLanguage()
  const clock = useClock()
  const isOnline = useOnline()
  const problemOf = useProblems()
  const [before] = useState(() =>
    draftOf(newest, { title: first, language: ours, languages: Object.keys(LANGUAGES), zone: clock.zone }),
  )
  const [draft, setDraft] = useState<Draft>(before)
  const [language, setLanguage] = useState(() => languageAmong(newest?.texts ?? { [ours]: '' }, ours) ?? ours)
  const [problems, setProblems] = useState<readonly FieldProblem[]>([])
  const [isAsking, setAsking] = useState(false)
  const { zone } = clock
  const { required } = terms
  const show = (faults: readonly Fault[]) => {
    setProblems(faults.map(problemOf))
    const [place] = faults.map((fault) => fault.place).filter((one) => typeof one === 'object')
    if (place && !faults.some((fault) => isIn(language, fault))) setLanguage(place.language)
  }
  const submit = () => {
    const dayName = (iso: string) => dateOf(iso, clock)
    const found = faultsOf(draft, { newest, zone, language, required, dayName })
    show(found)
    setAsking(found.length === 0)
  }
  const cureOf = (place: Place) => problems.find(({ id }) => id === idOf(place))?.cure
  return (
    <div className={classes.columns}>
      <LeaveGuard isUnsaved={JSON.stringify(draft) !== JSON.stringify(before)} />
      <FormPanel
        columns={1}
        problems={problems}
        onSubmit={submit}
        onGoTo={(id) => flushSync(() => setLanguage(languageOf(id) ?? language))}
        foot={
          <FormFoot>
            <Button
              variant="subtle"
              renderRoot={(props) => (
                <Link to="/terms/$termsId" params={{ termsId: terms.id }} ignoreBlocker {...props} />
              )}
            >
              {say('shared.cancel')}
            </Button>
            <Button type="submit" variant="filled" disabled={!isOnline}>
              {say('terms.publish')}
            </Button>
          </FormFoot>
        }
      >
        <TextFields
          texts={draft.texts}
          language={language}
          isFirst={newest === undefined}
          cureOf={cureOf}
          onLanguage={setLanguage}
          onChange={(texts) => setDraft({ ...draft, texts })}
        />
        <MomentFields draft={draft} isRequired={required} cureOf={cureOf} onChange={setDraft} />
      </FormPanel>
      <Preview text={draft.texts[language]} language={language} />
      <PublishQuestion
        terms={terms}
        title={title}
        newest={newest}
        draft={draft}
        isOpen={isAsking}
        onRefused={(fault) => show([fault])}
        onClose={() => setAsking(false)}
      />
    </div>
  )
}

type PublishFormProps = { terms: Terms; newest: TermsVersion | undefined; title: string; first: string }

function isIn(language: string, { place }: Fault): boolean {
  return typeof place === 'object' && place.language === language
}

/** What says a fault in words. */
function useProblems(): (fault: Fault) => FieldProblem {
  const say = useSay()
  const languageName = useLanguageName()
  return ({ place, key, values }) => ({
    id: idOf(place),
    name:
      typeof place === 'object'
        ? `${say(`terms.${place.part}`)} (${languageName(place.language)})`
        : say(`terms.${place}`),
    cure: say(key, values),
  })
}
