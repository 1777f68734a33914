import { type TextKey, useSay } from './texts/texts.ts'

/** TABLE: what our own portals are called, by the names that they have as applications, which are English. */
const OWN: Readonly<Record<string, TextKey>> = {
  'Your account': 'portal.name',
  Administration: 'portal.administration',
}

/** Says what an application is called here. */
export function useApplicationName(): (name: string) => string {
  const say = useSay()
  return (name) => {
    const key = OWN[name]
    return key ? say(key) : name
  }
}
