/** Takes the pictures of a state, and says what is wrong with it as far as a program sees it. */
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { type Language, WIDTHS, type Width } from './scene.ts'

const THEMES = ['light', 'dark'] as const
const HEIGHT = 720

/** A theme. */
export type Theme = (typeof THEMES)[number]

/** What is checked by axe: every state in both of them. */
const CHECKED: Record<Language, { theme: Theme; width: Width }> = {
  en: { theme: 'light', width: 1280 },
  de: { theme: 'dark', width: 320 },
}

/** What is photographed. */
export type Shown = { page: Page; language: Language; isWindow: boolean; width: Width | undefined }

/** The name of a picture's file. */
export function fileName(state: string, theme: Theme, width: Width, language: Language): string {
  return `${slugOf(state)}-${theme}-${width}-${language}.png`
}

/** Small letters, digits and dashes alone. */
export function slugOf(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]+/g, '-')
}

/** Every look of a state: the first is the one in which it was reached. */
export function looksOf(only: Width | undefined): { theme: Theme; width: Width }[] {
  return WIDTHS.filter((width) => only === undefined || only === width).flatMap((width) =>
    THEMES.map((theme) => ({ theme, width })),
  )
}

/** Takes the pictures of a state, into a folder. Answers sentences about what is wrong. */
export async function photograph(shown: Shown, folder: string, state: string): Promise<string[]> {
  const { page, language, isWindow, width: only } = shown
  const problems: string[] = []
  const checked = { ...CHECKED[language], ...(only === undefined ? {} : { width: only }) }
  for (const { theme, width } of looksOf(only)) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
    await page.setViewportSize({ width, height: HEIGHT })
    const file = fileName(state, theme, width, language)
    await page.screenshot({ path: join(folder, file), fullPage: !isWindow, animations: 'disabled' })
    if (width === 320 && theme === 'light') problems.push(...(await sidewaysOf(page)).map((text) => `${file}: ${text}`))
    if (theme === checked.theme && width === checked.width) {
      problems.push(...(await violationsOf(page)).map((text) => `${file}: ${text}`))
    }
  }
  return problems
}

/** What axe finds serious or critical. A mail in the inbox lies in a frame where no script runs, so axe would wait there for ever; mails are pages of their own here. */
async function violationsOf(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).exclude('iframe').analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`)
}

/** What sticks out of the window, if the page scrolls sideways. */
async function sidewaysOf(page: Page): Promise<string[]> {
  const wide = await page.evaluate<string[]>(`
    document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll('body *')]
      .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
      .slice(0, 3).map((element) => element.outerHTML.slice(0, 120))`)
  return wide.length === 0 ? [] : [`scrolls sideways: ${wide.join(' | ')}`]
}
