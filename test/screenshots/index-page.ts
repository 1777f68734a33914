/** The page that shows all pictures in a grid: a row for each state, a column for each look. */
import { fileName, looksOf, slugOf } from './camera.ts'
import { LANGUAGES, type Language, type PagePictures } from './scene.ts'

// The keys are the table's own.
const languages = Object.keys(LANGUAGES) as Language[]

const STYLE = `
:root { color-scheme: light dark; font: 14px/20px system-ui, sans-serif }
body { margin: 24px }
nav { columns: 14rem }
h2 { margin: 32px 0 8px; font-size: 20px }
h3 { margin: 16px 0 4px; font-size: 14px }
.looks { display: flex; flex-wrap: wrap; align-items: flex-start; gap: 8px }
figure { margin: 0 }
img { display: block; height: 240px; max-width: 480px; object-fit: contain; object-position: top left; border: 1px solid #8886 }
figcaption { font-size: 12px }`

/** Writes it as HTML. */
export function indexPage(pages: readonly PagePictures[]): string {
  const contents = pages.map(({ page }) => `<li><a href="#${page}">${page}</a></li>`).join('\n')
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Screenshots</title>
<style>${STYLE}</style>
<h1>Screenshots</h1>
<nav><ul>
${contents}
</ul></nav>
${pages.map(sectionOf).join('\n')}
</html>
`
}

function sectionOf({ page, route, states }: PagePictures): string {
  const rows = Object.entries(states).map(([name, state]) => {
    const only = typeof state === 'function' ? undefined : state.width
    const figures = languages.flatMap((language) =>
      looksOf(only).map(({ theme, width }) => {
        const file = `${page}/${fileName(name, theme, width, language)}`
        const caption = `${theme}, ${width}, ${language}`
        return `<figure><a href="${file}"><img loading="lazy" src="${file}" alt="${name}, ${caption}"></a><figcaption>${caption}</figcaption></figure>`
      }),
    )
    return `<h3 id="${page}-${slugOf(name)}">${name}</h3>\n<div class="looks">${figures.join('\n')}</div>`
  })
  return `<section>\n<h2 id="${page}">${page} <small>${route}</small></h2>\n${rows.join('\n')}\n</section>`
}
