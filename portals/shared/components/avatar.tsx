import classes from './avatar.module.css'

/** The initials of a person. A picture from elsewhere is not loaded: it would tell another site who looks at what. */
export function Avatar({ name, size }: { name: string; size: 'small' | 'medium' | 'large' }) {
  return (
    <span className={`${classes.avatar} ${classes[size]}`} aria-hidden="true">
      {initialsOf(name)}
    </span>
  )
}

function initialsOf(name: string): string {
  const words = name
    .replace(/@.*/, '')
    .split(/[\s._-]+/)
    .filter(Boolean)
  const chosen = words.length > 1 ? [words[0], words.at(-1)] : words
  return chosen.map((word) => [...(word ?? '')][0]?.toUpperCase() ?? '').join('')
}
