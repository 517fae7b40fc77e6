import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeCssData, makeHtmlData, makeWebTypes } from './editors.ts'
import { makeManifest } from './manifest.ts'
import { type Analyzed, readElements } from './read.ts'
import { makeReserve } from './reserve.ts'
import { makeTypings } from './typings.ts'

/** Replaces the analyzer's manifest in `dist/` by ours, and writes everything that is made from it: typings and data for editors. */
export function writeElementData(root: string): void {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  const elements = readElements(root, JSON.parse(readFileSync(join(root, 'dist/custom-elements.json'), 'utf8')) as Analyzed)
  const json = (name: string, value: object) => writeFileSync(join(root, 'dist', name), `${JSON.stringify(value, null, 2)}\n`)
  json('custom-elements.json', makeManifest(elements))
  json('vscode.html-custom-data.json', makeHtmlData(elements))
  json('vscode.css-custom-data.json', makeCssData(elements))
  json('web-types.json', makeWebTypes(elements, version))

  writeFileSync(join(root, 'dist/browser/elements.css'), makeReserve(elements))

  const typings = join(root, 'dist/typings')
  mkdirSync(typings, { recursive: true })
  writeFileSync(join(typings, 'elements.d.ts'), makeTypings(elements))
  for (const name of readdirSync(join(root, 'scripts/typings'))) {
    copyFileSync(join(root, 'scripts/typings', name), join(typings, name))
    // Importing types for their effect must also work where the import stays.
    writeFileSync(join(typings, name.replace(/\.d\.ts$/, '.js')), 'export {}\n')
  }
}
