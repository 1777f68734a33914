/** Reads a query's text character by character. */
import { QueryFault } from './query.ts'

/** A word: the literal parts around its wildcards, and whether anything in it was escaped. */
export type Word = { parts: string[]; isEscaped: boolean; at: number }

/** A place in a text that moves on as it is read. */
export type Scanner = {
  text: string
  at: number
}

const SPACE = /\s/
const ENDS_WORD = new Set(['(', ')', '[', ']', '{', '}', '"', '^', '~'])
// A lone half of a pair stands for no character, and PostgreSQL stores no NUL.
const UNREADABLE = /\0|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/

/** Opens a text. @throws QueryFault when it holds what is no character */
export function scannerOf(text: string): Scanner {
  const at = text.search(UNREADABLE)
  if (at >= 0) throw new QueryFault('Unreadable character', at)
  return { text, at: 0 }
}

/** Goes on to what is no space. */
export function skipSpace(scanner: Scanner): void {
  while (scanner.at < scanner.text.length && SPACE.test(scanner.text.charAt(scanner.at))) scanner.at += 1
}

/** Whether this stands here; goes past it if so. */
export function take(scanner: Scanner, literal: string): boolean {
  if (!scanner.text.startsWith(literal, scanner.at)) return false
  scanner.at += literal.length
  return true
}

/** Whether this stands here as a word of its own; goes past it if so. */
export function takeKeyword(scanner: Scanner, keyword: string): boolean {
  const end = scanner.at + keyword.length
  const next = scanner.text.charAt(end)
  if (next !== '' && !SPACE.test(next) && !ENDS_WORD.has(next)) return false
  return take(scanner, keyword)
}

/** Reads the rest of a text in quotes, in which only the backslash is special. */
export function readPhrase(scanner: Scanner): string {
  const begin = scanner.at - 1
  let phrase = ''
  for (;;) {
    const character = scanner.text.charAt(scanner.at)
    if (character === '') throw new QueryFault('Quotation mark that is never closed', begin)
    scanner.at += 1
    if (character === '"') return phrase
    if (character === '\\') {
      if (scanner.at === scanner.text.length) throw new QueryFault('Quotation mark that is never closed', begin)
      phrase += scanner.text.charAt(scanner.at)
      scanner.at += 1
    } else phrase += character
  }
}

/**
 * Reads a word.
 * @param takesColon whether a colon is part of it, as in a time of day, since no field can stand here
 */
export function readWord(scanner: Scanner, takesColon: boolean): Word {
  const word: Word = { parts: [''], isEscaped: false, at: scanner.at }
  const add = (character: string) => word.parts.push((word.parts.pop() ?? '') + character)
  for (; ; scanner.at += 1) {
    const character = scanner.text.charAt(scanner.at)
    if (character === '\\') {
      scanner.at += 1
      if (scanner.at >= scanner.text.length) throw new QueryFault('Backslash at the end', scanner.at - 1)
      word.isEscaped = true
      add(scanner.text.charAt(scanner.at))
    } else if (endsWord(scanner, character, takesColon)) return word
    else if (character === '*') word.parts.push('')
    else if (character === '?') throw new QueryFault('The wildcard ? is not supported; use * or write \\?', scanner.at)
    else add(character)
  }
}

function endsWord(scanner: Scanner, character: string, takesColon: boolean): boolean {
  if (character === '' || SPACE.test(character) || ENDS_WORD.has(character)) return true
  if (character === ':') {
    const next = scanner.text.charAt(scanner.at + 1)
    return !takesColon || next === '' || SPACE.test(next)
  }
  return scanner.text.startsWith('&&', scanner.at) || scanner.text.startsWith('||', scanner.at)
}
