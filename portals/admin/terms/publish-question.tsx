/** The question before a version is published: that it stays as it is, and whom it is asked of. */
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { ApiProblem } from '../../shared/api-client.ts'
import { Confirm } from '../../shared/components/confirm.tsx'
import { useClock } from '../../shared/components/moment.tsx'
import { showToast } from '../../shared/components/toasts.tsx'
import { dateOf } from '../../shared/time.ts'
import { useLanguage } from '../../shared/use-language.ts'
import { terms as api } from '../api/api.ts'
import type { Terms, TermsVersion } from '../api/types.ts'
import { refresh } from '../data.ts'
import { wordsOf } from '../pieces/problem-words.ts'
import { useSay } from '../texts/texts.ts'
import { useTermsSummary } from './data.ts'
import { type Draft, effectiveAt, type Fault, refusedPlace, versionOf, writtenTexts } from './draft.ts'
import { languageAmong } from './names.ts'

/** Asks it. What the API refuses of a field is handed back. */
export function PublishQuestion(props: PublishQuestionProps) {
  const { terms, newest, draft, isOpen, onClose } = props
  const say = useSay()
  const asked = useAskedWords(terms, effectiveAt(draft, newest, useClock().zone))
  const title = useDraftTitle(draft) ?? props.title
  const version = (newest?.version ?? 0) + 1
  const { isBusy, publish } = usePublishing(props, title)
  return (
    <Confirm
      isOpen={isOpen}
      question={say('terms.publish_ask', { version, title })}
      effect={`${say('terms.publish_final')} ${asked}`}
      act={say('terms.publish_act')}
      isBusy={isBusy}
      isDangerous={false}
      onConfirm={() => void publish()}
      onClose={onClose}
    />
  )
}

type PublishQuestionProps = {
  terms: Terms
  title: string
  newest: TermsVersion | undefined
  draft: Draft
  isOpen: boolean
  onRefused: (fault: Fault) => void
  onClose: () => void
}

function useAskedWords({ id }: Terms, from: string | undefined): string {
  const say = useSay()
  const clock = useClock()
  const { data: counts } = useTermsSummary(id)
  const day = from && Date.parse(from) > Date.now() ? dateOf(from, clock) : undefined
  if (!counts) return day ? say('terms.publish_everybody_later', { day }) : say('terms.publish_everybody')
  const count = counts.people
  return day ? say('terms.publish_later', { day, count }) : say('terms.publish_asked', { count })
}

function useDraftTitle(draft: Draft): string | undefined {
  const texts = writtenTexts(draft)
  return texts[languageAmong(texts, useLanguage()) ?? '']?.title
}

function usePublishing({ terms, newest, draft, onRefused, onClose }: PublishQuestionProps, title: string) {
  const say = useSay()
  const navigate = useNavigate()
  const { zone } = useClock()
  const [isBusy, setBusy] = useState(false)
  const publish = async () => {
    setBusy(true)
    try {
      const { version } = await api.publish(terms.id, versionOf(draft, newest, zone, terms.required))
      await refresh('terms', 'logs')
      await navigate({ to: '/terms/$termsId', params: { termsId: terms.id }, ignoreBlocker: true })
      showToast({ text: say('terms.publish_done', { version, title }) })
    } catch (error) {
      onClose()
      const place = error instanceof ApiProblem ? refusedPlace(error.message) : undefined
      if (place) onRefused({ place, key: 'shared.fault_refused' })
      else showToast({ text: say(wordsOf(error)), isProblem: true })
    } finally {
      setBusy(false)
    }
  }
  return { isBusy, publish }
}
