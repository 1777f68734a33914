/** Entries by day: the time, what happened in a sentence, and from where. */
import { useDeviceName } from '../../../shared/components/device.tsx'
import { useClock } from '../../../shared/components/moment.tsx'
import { dayIn } from '../../../shared/days.ts'
import { clockTime, dayHeading } from '../../../shared/time.ts'
import type { ActivityEntry } from '../../api.ts'
import { useApplicationName } from '../../application-name.ts'
import { isTextKey, useSay } from '../../texts/texts.ts'
import classes from './activity.module.css'
import { KINDS } from './kinds.ts'

/** Draws it. */
export function Timeline({ entries }: { entries: readonly ActivityEntry[] }) {
  const clock = useClock()
  const days = [...Map.groupBy(entries, ({ at }) => dayIn(at, clock.zone))]
  return days.map(([day, list]) => (
    <section key={day} className={classes.day} aria-labelledby={`day-${day}`}>
      <h2 id={`day-${day}`}>{dayHeading(list[0]?.at ?? day, clock)}</h2>
      <ol>
        {list.map((entry, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: older entries are added behind; none changes its place.
          <Entry key={place} entry={entry} />
        ))}
      </ol>
    </section>
  ))
}

function Entry({ entry }: { entry: ActivityEntry }) {
  const say = useSay()
  const clock = useClock()
  const { icon: Icon, isWarning } = KINDS[entry.kind] ?? {}
  const sentence = useSentence(entry)
  const place = usePlace(entry)
  return (
    <li className={classes.entry}>
      <time className={`mono ${classes.time}`} dateTime={entry.at}>
        {clockTime(entry.at, clock)}
      </time>
      <div className={classes.body}>
        <span className={isWarning ? `${classes.icon} ${classes.warning}` : classes.icon}>
          {Icon && <Icon aria-hidden />}
        </span>
        <div className={classes.words}>
          <p>
            {isWarning && <span className="unseen">{say('activity.warning')}: </span>}
            {sentence}
          </p>
          {place && <p className={classes.place}>{place}</p>}
        </div>
      </div>
    </li>
  )
}

function useSentence({ kind, by }: ActivityEntry): string {
  const say = useSay()
  const key = `activity.${kind}`
  const what = isTextKey(key) ? say(key) : kind
  const who = `activity.by_${by}`
  return isTextKey(who) ? `${what} ${say(who)}` : what
}

function usePlace(entry: ActivityEntry): string {
  const deviceName = useDeviceName()
  const applicationName = useApplicationName()
  const { client_name: application, organization_name: organization, browser, system, ip } = entry
  const device = browser || system ? deviceName(entry) : undefined
  return [application && applicationName(application), organization, device, ip].filter(Boolean).join(' · ')
}
