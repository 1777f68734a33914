/** Which language a page is in: the one the application asks for, then those of the browser, then English. */
import { LANGUAGES, type Language } from './texts.ts'

/**
 * @param uiLocales as OpenID Connect has it: tags parted by spaces, the preferred one first
 * @param acceptLanguage the browser's header, with weights
 */
export function chooseLanguage(uiLocales: string | undefined, acceptLanguage: string | undefined): Language {
  const wanted = [...(uiLocales ?? '').split(' '), ...byWeight(acceptLanguage ?? '')]
  return wanted.map((tag) => tag.slice(0, 2).toLowerCase()).find(isLanguage) ?? 'en'
}

function byWeight(header: string): string[] {
  return header
    .slice(0, 500)
    .split(',')
    .map((part) => {
      const [tag = '', weight] = part.split(';')
      return { tag: tag.trim(), weight: weight ? Number(weight.replace(/^\s*q=/, '')) || 0 : 1 }
    })
    .filter(({ weight }) => weight > 0)
    .sort((left, right) => right.weight - left.weight)
    .map(({ tag }) => tag)
}

function isLanguage(tag: string): tag is Language {
  return Object.hasOwn(LANGUAGES, tag)
}
