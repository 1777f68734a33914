/** The sign-in page and a mail as members will see them; pictures of pages, in which nothing can be done. */
import { useState } from 'react'
import { accentsOf } from '../../../server/pages/accent.ts'
import { colourOf, isDarkColour } from '../../../server/pages/colour.ts'
import type { Language } from '../../shared/language.ts'
import { letterOf, OrganizationMark } from '../pieces/organization-mark.tsx'
import { useSay } from '../texts/texts.ts'
import classes from './preview.module.css'
import { PREVIEW_TEXTS } from './preview-texts.ts'

/** What is shown. */
export type Look = { name: string; logo: string; colour: string; ground: string | undefined; language: Language }

/** The sign-in page, light or dark. */
export function LoginPreview({ look }: { look: Look }) {
  const say = useSay()
  const [isDark, setDark] = useState(false)
  const text = PREVIEW_TEXTS[look.language]
  return (
    <figure className={classes.figure}>
      <figcaption>
        {say('branding.login')}
        <button type="button" className={classes.turn} aria-pressed={isDark} onClick={() => setDark(!isDark)}>
          {say('branding.dark_mode')}
        </button>
      </figcaption>
      <div
        className={`${classes.page} ${isDark ? classes.dark : classes.light}`}
        ref={painted(look, isDark)}
        aria-hidden="true"
        lang={look.language}
      >
        <div className={classes.brand}>
          <PreviewLogo look={look} />
        </div>
        <div className={classes.card}>
          <p className={classes.title}>{text.title}</p>
          <p className={classes.label}>{text.email}</p>
          <span className={classes.field}>{text.address}</span>
          <span className={classes.button}>{text.go}</span>
          <p className={classes.quiet}>
            {text.question} <span className={classes.link}>{text.link}</span>
          </p>
        </div>
      </div>
    </figure>
  )
}

/** A mail. */
export function MailPreview({ look }: { look: Look }) {
  const say = useSay()
  const text = PREVIEW_TEXTS[look.language]
  return (
    <figure className={classes.figure}>
      <figcaption>{say('branding.mail')}</figcaption>
      <div
        className={`${classes.page} ${classes.light} ${classes.mail}`}
        ref={painted({ ...look, ground: undefined }, false)}
        aria-hidden="true"
        lang={look.language}
      >
        <div className={classes.card}>
          <div className={classes.brand}>
            <span className={classes.mark}>{letterOf(look.name)}</span>
            {look.name}
          </div>
          <p className={classes.title}>{text.mailTitle}</p>
          <p>{text.mailText.replace('{name}', look.name)}</p>
          <span className={classes.button}>{text.mailAct}</span>
          <p className={classes.quiet}>{text.mailFoot}</p>
        </div>
      </div>
    </figure>
  )
}

function PreviewLogo({ look: { name, logo } }: { look: Look }) {
  if (logo) return <OrganizationMark name={name} logo={logo} />
  return (
    <>
      <span className={classes.mark}>{letterOf(name)}</span>
      {name}
    </>
  )
}

/** Values that a style sheet cannot know are set one by one, which the page's policy lets through. */
function painted({ colour, ground }: Pick<Look, 'colour' | 'ground'>, isDark: boolean) {
  const accent = accentsOf(colour)[isDark ? 'dark' : 'light']
  return (element: HTMLElement | null) => {
    if (!element) return
    for (const [name, value] of Object.entries(accent)) element.style.setProperty(`--preview-${name}`, value)
    // As on the pages: in the dark, a light ground gives way.
    if (ground && (!isDark || isDarkColour(colourOf(ground)))) element.style.setProperty('--preview-ground', ground)
    else element.style.removeProperty('--preview-ground')
  }
}
