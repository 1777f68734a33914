/** What every page of ours looks alike in, whoever draws it: fonts and colours. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { FONTS } from './assets.ts'

/** The fonts, and the colours as variables, light and dark. */
export const BASE_STYLE = [
  fontFace(FONTS.latin.path, 'U+0000-00FF,U+2000-206F,U+20AC'),
  fontFace(FONTS.latinExtended.path, 'U+0100-017F,U+0218-021B,U+1E9E'),
  compactStyle(readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8').trim()),
].join('')

/** No comment, blank, zero or semicolon is left where it says nothing; before a colon, and in `calc`, a blank may be needed. */
export function compactStyle(text: string): string {
  return text
    .replace(/\/\*.*?\*\//gs, '')
    .replace(/\s*([{};,>])\s*|(?<=:)\s+|\s*\n\s*/g, '$1')
    .replace(/ ([+~]) (?=[^;}]*\{)/g, '$1')
    .replaceAll(';}', '}')
    .replace(/(?<=[\s:,(-])0(?=\.\d)/g, '')
}

function fontFace(path: string, range: string): string {
  return `@font-face{font-family:"Hanken Grotesk";src:url(${path}) format("woff2");font-weight:400 600;font-display:swap;unicode-range:${range}}`
}
