/** An entry of the log as a sentence. */
import type { ReactNode } from 'react'
import type { LogEntry } from '../api/types.ts'
import { isTextKey, useSay } from '../texts/texts.ts'
import { actOf, targetIdOf, thingOf } from './entry-target.ts'

/** The people whom an entry names by their ids. */
export function idsOf(entry: LogEntry): string[] {
  return [targetIdOf(entry), entry.details?.request?.auth?.user?.user_id].filter((one) => typeof one === 'string')
}

/** Draws it. @param isOfOnePerson whether whom it happened to goes without saying */
export function EntrySentence({ entry, names, isOfOnePerson = false }: EntrySentenceProps) {
  const say = useSay()
  const { type, description, user_id: userId, user_name: userName, client_name: application, details } = entry
  const operation = details?.operation
  const thing = thingOf(entry)
  const named = thing !== undefined && <>: {strong(thing)}</>
  const nameBy = (id: string | null | undefined) => (id ? names.get(id) : undefined)
  if (operation) {
    const actor = details?.request?.auth?.user
    const values = {
      actor: strong(nameBy(actor?.user_id) ?? actor?.name ?? application ?? say('act.somebody')),
      target: strong(nameBy(targetIdOf(entry)) ?? userName ?? say('act.somebody_within')),
    }
    const key = `act.${actOf(entry)}`
    const isKnown = isTextKey(key)
    const sentence = filled(isKnown ? say(key) : `{actor}: ${description ?? operation}`, values)
    // What is not known here says itself that it was refused.
    return isKnown && type === 'fapi' ? (
      <>
        {say('act.refused')} {sentence}
        {named}
      </>
    ) : (
      <>
        {sentence}
        {named}
      </>
    )
  }
  const key = `event.${type}`
  const text = isTextKey(key) ? say(key) : (description ?? type)
  const where = application && type === 's' ? say('event.to', { application }) : ''
  const who = nameBy(userId) ?? userName
  return (
    <>
      {!isOfOnePerson && who && <>{strong(who)}: </>}
      {text}
      {where && ` ${where}`}
      {named}
    </>
  )
}

type EntrySentenceProps = { entry: LogEntry; names: ReadonlyMap<string, string>; isOfOnePerson?: boolean }

/** A name keeps its direction to itself: the rest of the sentence stays as it is, whatever is in it. */
function strong(text: string): ReactNode {
  return (
    <strong>
      <bdi>{text}</bdi>
    </strong>
  )
}

/** Puts what is drawn in the place of the braces. */
function filled(text: string, values: Readonly<Record<string, ReactNode>>): ReactNode {
  return text.split(/(\{\w+\})/).map((part, at) => {
    const value = /^\{\w+\}$/.test(part) ? values[part.slice(1, -1)] : undefined
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a sentence do not move.
    return <span key={at}>{value ?? part}</span>
  })
}
