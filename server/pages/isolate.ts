/** Names of people and organizations within a sentence. Portals use it as well. */

/** Letters that are written from right to left, and marks that turn the direction. */
const TURNS =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\u200f\u202a-\u202e\u2066-\u2069]/u
const MARKS = /[\u202a-\u202e\u2066-\u2069]/g

/**
 * The value as it stands in a sentence: one that is written in another direction moves nothing around it, and marks in it
 * that would write the rest of it, or of the sentence, backwards are left out. Others stay as they are.
 *
 * @see https://www.unicode.org/reports/tr9/#Explicit_Directional_Isolates
 */
export function isolate(value: string): string {
  return TURNS.test(value) ? `\u2068${value.replace(MARKS, '')}\u2069` : value
}
