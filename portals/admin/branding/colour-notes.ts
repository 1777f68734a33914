/** What to know of a colour before it is published. It is never refused: where it cannot be read, it is adapted. */
import { accentsOf } from '../../../server/pages/accent.ts'
import { colourOf, contrastOf, type Oklch } from '../../../server/pages/colour.ts'
import { useLanguage } from '../../shared/use-language.ts'
import { useSay } from '../texts/texts.ts'

/** Distances in OKLab, as the eye sees them. */
const MOVED = 0.03
const LIKE_DANGER = 0.13
const DANGER: Oklch = { l: 0.5, c: 0.17, h: 27 }
const WHITE = colourOf('#ffffff')

/** What says it. @param hex `#rrggbb` */
export function useColourNotes(): (hex: string) => string[] {
  const say = useSay()
  const language = useLanguage()
  const ratio = (value: number) =>
    new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(
      Math.floor(value * 10) / 10,
    )
  return (hex) => {
    const colour = colourOf(hex)
    const { light, dark } = accentsOf(hex)
    const notes = [
      say('branding.contrast', {
        ink: ratio(contrastOf(colourOf(light.ink), colourOf(light.fill))),
        text: ratio(contrastOf(colourOf(light.text), WHITE)),
      }),
    ]
    if (distanceOf(colour, colourOf(light.fill)) > MOVED) notes.push(say('branding.moved', { fill: light.fill }))
    if (light.text !== light.fill) notes.push(say('branding.links', { text: light.text }))
    if (dark.fill !== light.fill) notes.push(say('branding.dark', { fill: dark.fill }))
    if (distanceOf(colour, DANGER) < LIKE_DANGER) notes.push(say('branding.like_danger'))
    return notes
  }
}

function distanceOf(one: Oklch, other: Oklch): number {
  const [left, right] = [one, other].map(({ l, c, h }) => {
    const angle = (h * Math.PI) / 180
    return [l, c * Math.cos(angle), c * Math.sin(angle)] as const
  })
  return Math.hypot(...[0, 1, 2].map((at) => (left?.[at] ?? 0) - (right?.[at] ?? 0)))
}
