/** The activity ledger: entries by day, each a sentence that opens to what was recorded. */
import { ChevronDown, ChevronRight, Copy } from 'lucide-react'
import { useId, useState } from 'react'
import { useClock } from '../../shared/components/moment.tsx'
import { showToast } from '../../shared/components/toasts.tsx'
import { dayIn } from '../../shared/days.ts'
import { clockTime, dayHeading } from '../../shared/time.ts'
import type { LogEntry } from '../api/types.ts'
import { useNames } from '../data.ts'
import { useSay } from '../texts/texts.ts'
import { EntryIcon } from './entry-icon.tsx'
import { EntrySentence, idsOf } from './entry-sentence.tsx'
import { Json } from './json.tsx'
import classes from './ledger.module.css'

/** Draws it. @param isOfOnePerson whether all entries are about one person, who is not named then */
export function Ledger({ entries, isOfOnePerson = false }: { entries: readonly LogEntry[]; isOfOnePerson?: boolean }) {
  const say = useSay()
  const clock = useClock()
  const names = useNames(entries.flatMap(idsOf))
  const days = [...Map.groupBy(entries, ({ date }) => dayIn(date, clock.zone))]
  return days.map(([day, list], at) => (
    <section key={day} className={classes.day} aria-labelledby={`day-${day}`}>
      <div className={classes.heading}>
        <h2 id={`day-${day}`}>{dayHeading(list[0]?.date ?? day, clock)}</h2>
        {at === 0 && <span>{say('activity.zone', { zone: clock.zone })}</span>}
      </div>
      <ol className={classes.entries}>
        {list.map((entry) => (
          <Entry key={entry.log_id} entry={entry} names={names} isOfOnePerson={isOfOnePerson} />
        ))}
      </ol>
    </section>
  ))
}

function Entry({ entry, names, isOfOnePerson }: EntryProps) {
  const say = useSay()
  const clock = useClock()
  const id = useId()
  const [isOpen, setOpen] = useState(false)
  const text = JSON.stringify(entry, null, 2)
  const copy = () => {
    navigator.clipboard.writeText(text).then(
      () => showToast({ text: say('shared.copied') }),
      () => {},
    )
  }
  return (
    <li className={classes.entry}>
      <time className={`mono ${classes.time}`} dateTime={entry.date}>
        {clockTime(entry.date, clock)}
      </time>
      <div className={classes.body}>
        <button
          type="button"
          className={classes.line}
          aria-expanded={isOpen}
          aria-controls={id}
          onClick={() => setOpen(!isOpen)}
        >
          <EntryIcon entry={entry} />
          <span className={classes.sentence}>
            <EntrySentence entry={entry} names={names} isOfOnePerson={isOfOnePerson} />
          </span>
          <span className={classes.place}>{entry.ip}</span>
          {isOpen ? <ChevronDown aria-hidden /> : <ChevronRight aria-hidden />}
        </button>
        <div id={id} hidden={!isOpen} className={classes.more}>
          {isOpen && (
            <>
              <button type="button" className={classes.copy} onClick={copy}>
                <Copy aria-hidden />
                {say('shared.copy')}
              </button>
              <Json value={entry} />
            </>
          )}
        </div>
      </div>
    </li>
  )
}

type EntryProps = { entry: LogEntry; names: ReadonlyMap<string, string>; isOfOnePerson: boolean }
