/** A text of terms in full, over the page: of the version in effect, or of the one to which something was said. */
import { Button } from '@mantine/core'
import { type ReactNode, useEffect, useId, useRef } from 'react'
import { Loaded } from '../../../shared/components/page.tsx'
import { SkeletonLines } from '../../../shared/components/skeleton.tsx'
import { TextBlocks } from '../../../shared/components/text-blocks.tsx'
import type { Acceptance, OwnTerms, TermsVersion } from '../../api.ts'
import { useVersionOf } from '../../terms.ts'
import { useSay } from '../../texts/texts.ts'
import classes from './reading.module.css'
import { Versions } from './terms-words.tsx'

/** Draws the version in effect. @param act what can be done about it */
export function TermsReading({ terms, isOpen, onClose, act }: Opened & { terms: OwnTerms }) {
  return (
    <Reading title={terms.title} language={terms.language} {...{ isOpen, onClose, act }}>
      <Text terms={terms} />
    </Reading>
  )
}

/** Draws the one to which something was said. */
export function VersionReading({ acceptance, isOpen, onClose }: Opened & { acceptance: Acceptance }) {
  const say = useSay()
  const { title, language, organization } = acceptance
  const version = useVersionOf(acceptance, isOpen)
  return (
    <Reading title={title} language={language} {...{ isOpen, onClose }}>
      <section className={classes.part} aria-label={say('privacy.text')}>
        <Loaded query={version} what={say('privacy.text')} skeleton={<SkeletonLines count={4} />}>
          {(version) => <Text terms={{ ...version, ...(organization ? { organization } : {}) }} />}
        </Loaded>
      </section>
    </Reading>
  )
}

type Opened = { isOpen: boolean; onClose: () => void; act?: ReactNode }

function Text({ terms }: { terms: TermsVersion & Pick<OwnTerms, 'organization'> }) {
  const say = useSay()
  const { summary, body, language, version } = terms
  return (
    <>
      <div className={classes.facts}>
        <Versions terms={terms} />
      </div>
      {summary && (
        <p className={classes.summary}>
          {version > 1 && <strong>{say('privacy.whats_new')} </strong>}
          <span lang={language}>{summary}</span>
        </p>
      )}
      <TextBlocks text={body} lang={language} />
    </>
  )
}

function Reading({ title, language, isOpen, onClose, act, children }: ReadingProps) {
  const say = useSay()
  const id = useId()
  const dialog = useRef<HTMLDialogElement>(null)
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    if (!isOpen) return dialog.current?.close()
    dialog.current?.showModal()
    // It is read from its top; the first button stands at its end.
    heading.current?.focus()
  }, [isOpen])
  return (
    <dialog ref={dialog} className={classes.dialog} aria-labelledby={id} onClose={() => isOpen && onClose()}>
      {isOpen && (
        <>
          <div className={classes.content}>
            <h2 id={id} ref={heading} tabIndex={-1} lang={language}>
              {title}
            </h2>
            {children}
          </div>
          <div className={classes.acts}>
            <Button variant="subtle" onClick={onClose}>
              {say('shared.close')}
            </Button>
            {act}
          </div>
        </>
      )}
    </dialog>
  )
}

type ReadingProps = Opened & { title: string; language: string; children: ReactNode }
