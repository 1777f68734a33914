/** What can be done with terms, as far as the person's rights go. */
import { Button } from '@mantine/core'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { Confirm } from '../../shared/components/confirm.tsx'
import { useMay } from '../access.ts'
import { terms as api } from '../api/api.ts'
import type { Terms } from '../api/types.ts'
import { refresh } from '../data.ts'
import { useAct } from '../member/use-act.ts'
import { useSay } from '../texts/texts.ts'
import { useTitle } from './words.ts'

type Asking = 'retire' | 'resume' | 'delete'

/** Draws them. */
export function TermsActs({ terms }: { terms: Terms }) {
  const say = useSay()
  const may = useMay()
  const [asking, setAsking] = useState<Asking>()
  const { id, retired, latest_version: latest } = terms
  return (
    <>
      {latest === 0 && may('delete:terms') && (
        <Button variant="danger" onClick={() => setAsking('delete')}>
          {say('terms.delete')}
        </Button>
      )}
      {may('update:terms') && (
        <>
          {(latest > 0 || retired) && (
            <Button onClick={() => setAsking(retired ? 'resume' : 'retire')}>
              {say(retired ? 'terms.resume' : 'terms.retire')}
            </Button>
          )}
          {!retired && (
            <Button
              variant="filled"
              renderRoot={(props) => <Link to="/terms/$termsId/publish" params={{ termsId: id }} {...props} />}
            >
              {say(latest === 0 ? 'terms.first_version' : 'terms.next_version')}
            </Button>
          )}
        </>
      )}
      <Question terms={terms} asking={asking} onClose={() => setAsking(undefined)} />
    </>
  )
}

function Question({ terms, asking, onClose }: { terms: Terms; asking: Asking | undefined; onClose: () => void }) {
  const say = useSay()
  const navigate = useNavigate()
  const title = useTitle()(terms)
  const { isBusy, act } = useAct('logs')
  const { id } = terms
  // The words stay while the question closes.
  const [shown, setShown] = useState<Asking>('retire')
  if (asking && asking !== shown) setShown(asking)
  const run = async () => {
    const work = shown === 'delete' ? () => api.delete(id) : () => api.change(id, { retired: shown === 'retire' })
    const isDone = await act(work, { text: say(`terms.${shown}_done`, { title }) })
    onClose()
    // What is gone is not asked for again.
    if (isDone && shown === 'delete') await navigate({ to: '/terms' })
    await refresh('terms')
    document.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true })
  }
  return (
    <Confirm
      isOpen={asking !== undefined}
      question={say(`terms.${shown}_ask`, { title })}
      effect={say(`terms.${shown}_effect`)}
      act={say(`terms.${shown}_act`)}
      isBusy={isBusy}
      isDangerous={shown !== 'resume'}
      onConfirm={() => void run()}
      onClose={onClose}
    />
  )
}
