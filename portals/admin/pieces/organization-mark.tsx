import { useState } from 'react'
import classes from './organization-mark.module.css'

/** The logo of an organization, or the letter that stands for one. */
export function OrganizationMark({ name, logo }: { name: string; logo?: string | undefined }) {
  const [failed, setFailed] = useState<string>()
  if (logo && logo !== failed) {
    return (
      <img className={classes.logo} src={logo} alt="" onError={() => setFailed(logo)} referrerPolicy="no-referrer" />
    )
  }
  return (
    <span className={classes.mark} aria-hidden="true">
      {letterOf(name)}
    </span>
  )
}

/** The first letter of a name. */
export function letterOf(name: string): string {
  return (name.match(/[\p{L}\p{N}]/u)?.[0] ?? '').toUpperCase()
}
