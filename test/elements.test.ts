import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { version } from '../schemas/protocol.ts'

const root = new URL('..', import.meta.url).pathname
const textOf = (path: string) => readFileSync(join(root, path), 'utf8')
const manifest = JSON.parse(textOf('package.json')) as { version: string; exports: Record<string, unknown> }

/** Every element that a host may use is a file of its own in one of two folders. */
const tags = ['shell', 'pages'].flatMap((folder) => readdirSync(join(root, 'components', folder)).filter((name) => /^ops-.*\.ts$/.test(name)).map((name) => name.slice(0, -3)))

describe('every element of the kit', () => {
  test.each(tags)('%s is exported, among all, and known to the autoloader', (tag) => {
    expect(manifest.exports).toHaveProperty([`./components/${tag}.js`])
    expect(textOf('components/index.ts')).toContain(`/${tag}.ts'`)
    expect(textOf('components/autoloader.ts')).toMatch(new RegExp(`'${tag}': \\(\\) => import\\('\\./(shell|pages)/${tag}\\.ts'\\)`))
  })
})

test('elements know the version of the package', () => {
  expect(version).toBe(manifest.version)
})
