import { useSay } from '../use-language.ts'
import classes from './skeleton.module.css'

/** Keeps the place of lines that are being loaded; shows itself only when that takes a while. */
export function SkeletonLines({ count }: { count: number }) {
  const say = useSay()
  return (
    <div className={classes.lines}>
      <span className="unseen">{say('shared.loading')}</span>
      {Array.from({ length: count }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all alike and never change places.
        <div key={line} className={classes.line} aria-hidden="true">
          <span className={classes.name} />
          <span className={classes.value} />
        </div>
      ))}
    </div>
  )
}
