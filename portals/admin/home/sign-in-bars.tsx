/** Sign-ins per day, as bars that lead to the entries of their day; the same as a table. */
import { useNavigate } from '@tanstack/react-router'
import { type KeyboardEvent, useState } from 'react'
import { longDay, shortDay } from '../../shared/time.ts'
import { useLanguage } from '../../shared/use-language.ts'
import type { Summary } from '../api/types.ts'
import { useSay } from '../texts/texts.ts'
import { useNumber } from '../use-number.ts'
import classes from './sign-in-bars.module.css'

type Day = Summary['sign_ins'][number]

/** Draws them. */
export function SignInBars({ days }: { days: readonly Day[] }) {
  const say = useSay()
  const format = useNumber()
  const [isTable, setTable] = useState(false)
  const ok = days.reduce((sum, day) => sum + day.ok, 0)
  const failed = days.reduce((sum, day) => sum + day.failed, 0)
  return (
    <section className={classes.section} aria-labelledby="sign-ins">
      <div className={classes.head}>
        <h2 id="sign-ins">{say('home.sign_ins')}</h2>
        <div className={classes.key}>
          <span className={classes.okKey}>{say('home.signed_in')}</span>
          <span className={classes.failedKey}>{say('home.failed')}</span>
          <button type="button" className={classes.turn} onClick={() => setTable(!isTable)}>
            {say(isTable ? 'home.as_bars' : 'home.as_table')}
          </button>
        </div>
      </div>
      <p className={classes.text}>
        {say('home.sign_ins_text', { ok: format(ok), failed: format(failed), days: days.length })}
      </p>
      {isTable ? <DayTable days={days} /> : <Bars days={days} />}
    </section>
  )
}

function Bars({ days }: { days: readonly Day[] }) {
  const say = useSay()
  const format = useNumber()
  const language = useLanguage()
  const navigate = useNavigate()
  const [at, setAt] = useState(days.length - 1)
  const [shown, setShown] = useState<number>()
  const top = roundTop(Math.max(1, ...days.map((day) => day.ok + day.failed)))
  const open = ({ day }: Day) =>
    void navigate({ to: '/activity', search: { kind: 'sign-in', from: day, to: day } as never })
  const onKey = (event: KeyboardEvent<HTMLDivElement>) => {
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: days.length - 1 }[event.key]
    if (next === undefined || !days[next]) return
    event.preventDefault()
    setAt(next)
    event.currentTarget.querySelectorAll<HTMLElement>('button')[next]?.focus()
  }
  const tip = shown === undefined ? undefined : days[shown]
  return (
    <div className={classes.chart}>
      <div className={classes.scale} aria-hidden="true">
        <span>{format(top)}</span>
        <span>{format(top / 2)}</span>
        <span>0</span>
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a group of buttons, not fields of a form. */}
      <div className={classes.bars} role="group" aria-label={say('home.sign_ins')} onKeyDown={onKey}>
        {days.map((day, index) => (
          <button
            key={day.day}
            type="button"
            className={classes.bar}
            tabIndex={index === at ? 0 : -1}
            aria-label={say('home.day', {
              day: longDay(day.day, language),
              ok: format(day.ok),
              failed: format(day.failed),
            })}
            onClick={() => open(day)}
            onFocus={() => {
              setAt(index)
              setShown(index)
            }}
            onBlur={() => setShown(undefined)}
            onMouseEnter={() => setShown(index)}
            onMouseLeave={() => setShown(undefined)}
          >
            <Bar share={day.failed / top} isFailed />
            <Bar share={day.ok / top} />
          </button>
        ))}
        {tip && shown !== undefined && (
          <div
            className={classes.tip}
            aria-hidden="true"
            ref={(element) => {
              if (element) element.style.setProperty('--at', String((shown + 0.5) / days.length))
            }}
            data-end={shown > days.length / 2 || undefined}
          >
            <strong>{longDay(tip.day, language)}</strong>
            <span>
              {say('home.day_ok', { ok: format(tip.ok) })}
              {tip.failed > 0 && (
                <>
                  , <span className={classes.failedText}>{say('home.day_failed', { failed: format(tip.failed) })}</span>
                </>
              )}
            </span>
          </div>
        )}
      </div>
      <div className={classes.days} aria-hidden="true">
        {days.map(({ day }, index) => (
          <span key={day}>{(days.length - 1 - index) % 7 === 0 && <small>{shortDay(day, language)}</small>}</span>
        ))}
      </div>
    </div>
  )
}

function Bar({ share, isFailed = false }: { share: number; isFailed?: boolean }) {
  if (share === 0) return null
  return (
    <span
      className={isFailed ? classes.failed : classes.ok}
      ref={(element) => {
        element?.style.setProperty('--share', String(share))
      }}
    />
  )
}

function DayTable({ days }: { days: readonly Day[] }) {
  const say = useSay()
  const format = useNumber()
  const language = useLanguage()
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and is reached by keyboard for that.
    <div className={classes.tableFrame} tabIndex={0}>
      <table className={classes.table}>
        <caption className="unseen">{say('home.sign_ins')}</caption>
        <thead>
          <tr>
            <th>{say('home.table_day')}</th>
            <th>{say('home.signed_in')}</th>
            <th>{say('home.failed')}</th>
          </tr>
        </thead>
        <tbody>
          {days.toReversed().map(({ day, ok, failed }) => (
            <tr key={day}>
              <th scope="row">{longDay(day, language)}</th>
              <td>{format(ok)}</td>
              <td>{format(failed)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** The next number above that is even and round: 2, 4, 6, 10, 20, 40 and so on. */
function roundTop(most: number): number {
  const size = 10 ** Math.floor(Math.log10(most))
  const found = [1, 2, 4, 6, 10].map((step) => step * size).find((top) => top >= most && top % 2 === 0)
  return found ?? size * 10
}
