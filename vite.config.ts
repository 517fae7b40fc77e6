import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { defineConfig, type Plugin } from 'vite'
import { minifyTemplates } from './scripts/minify-templates.ts'

/** Every page and the shell is an entry of its own, so that a host can load one element and no more. */
const entries = ['components/shell', 'components/pages']
  .flatMap((folder) => readdirSync(folder).map((file) => join(folder, file)))
  .filter((file) => /\/ops-[a-z-]+\.ts$/.test(file))
  .concat('components/index.ts', 'components/autoloader.ts', 'components/classes.ts')
  .filter((file) => existsSync(file))

/**
 * What travels together: many small files compress worse and take more round trips, one large file makes each page load what only
 * another needs. `core` is for every element, `time` for those that show times, `status` for pages with chips, `list` for those with tables, `act` for those where
 * one acts, `menu` for those with a menu.
 */
const together: Record<string, RegExp[]> = {
  // Has to run before the core.
  hold: [/components\/core\/hold\.ts/],
  core: [
    /node_modules\/(?!lit(-html)?\/directive)/,
    // What the compiler and vite put in.
    /helpers\/esm\/decorate|preload-helper/,
    /\/schemas\/(calls|protocol|routes)\.ts/,
    /components\/(core\/(?!focus|hide-actions|hide-columns|hold|keys|lists|live-stream|path-to|skew|second-copy|own-registry|time)|theme\/)/,
    /parts\/(late-part|missing|problem|quiet)\.ts/,
  ],
  time: [/\/schemas\/duration/, /core\/time\.ts/, /parts\/(sentence|time)\.ts/],
  status: [/\/schemas\/status-words/, /parts\/(chip|ownership|pager|status-tone|styles)\.ts/],
  list: [/lit(-html)?\/directive/, /parts\/(table|refusal)\.ts/],
  slots: [/\/schemas\/cron-words/],
  words: [/\/schemas\/(actions|plural)/, /parts\/(job-link|count|queue-name)\.ts/],
  act: [/components\/core\/focus/, /parts\/confirm\.ts/],
  menu: [/parts\/(menu|popover)\.ts/],
}
const groups = Object.entries(together).map(([name, patterns]) => ({ name, test: (id: string) => patterns.some((pattern) => pattern.test(id)) }))

/** Indentation and the comments of styles would travel to every browser. Runs behind vite's own step, on plain JavaScript. */
const templates: Plugin = {
  name: 'minify-templates',
  apply: 'build',
  transform(code, id) {
    return id.includes('/components/') ? { code: minifyTemplates(code, (text) => this.parse(text)), map: null } : undefined
  },
}

/** What vite puts around each dynamic import loads style sheets and preloads modules; there are none to load here. */
const plainImports: Plugin = {
  name: 'plain-imports',
  apply: 'build',
  enforce: 'pre',
  load: (id) => (id === '\0vite/preload-helper.js' ? 'export const __vitePreload = (load) => load()' : undefined),
}

export default defineConfig({
  plugins: [plainImports, templates],
  build: {
    outDir: 'dist/browser',
    target: 'es2022',
    modulePreload: false,
    // Lit's licence asks that its notice goes along with every copy.
    license: { fileName: 'THIRD-PARTY-LICENSES.md' },
    rollupOptions: {
      input: Object.fromEntries(entries.map((file) => [basename(file, '.ts'), file])),
      preserveEntrySignatures: 'allow-extension',
      output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunk-[hash].js', codeSplitting: { groups, includeDependenciesRecursively: false } },
    },
  },
})
