/** `npm run docs`: writes the documents that are made from the code's own tables. */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { generatedDocs } from './generated-docs.ts'

const root = join(import.meta.dirname, '..')
for (const [path, text] of Object.entries(generatedDocs())) {
  await mkdir(dirname(join(root, path)), { recursive: true })
  await writeFile(join(root, path), text)
  console.log(path)
}
