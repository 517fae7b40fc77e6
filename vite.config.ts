import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { defineConfig } from 'vite'

/** Every page and the shell is an entry of its own, so that a host can load one element and no more. */
const entries = ['components/shell', 'components/pages']
  .flatMap((folder) => readdirSync(folder).map((file) => join(folder, file)))
  .filter((file) => /\/ops-[a-z-]+\.ts$/.test(file))
  .concat('components/index.ts')
  .filter((file) => existsSync(file))

/** What every page needs travels as one file: many small ones compress worse and take more round trips. */
const shared = [/node_modules\/(?!lit(-html)?\/directive)/, /\/schemas\/(?!vocabulary)/, /components\/(core\/(?!filter)|theme\/)/, /parts\/(chip|copy|ownership|problem|quiet|sentence|time)\.ts/]
const groups = [{ name: 'core', test: (id: string) => shared.some((pattern) => pattern.test(id)) }]

/** The indentation of templates and the spaces and comments of styles would travel to every browser; nothing of ours depends on them. */
const tighten = {
  name: 'tighten',
  apply: 'build' as const,
  enforce: 'pre' as const,
  transform: (code: string, id: string) =>
    id.includes('/components/') ? { code: code.replace(/css`[^`]*`/g, tightenStyles).replace(/\n\s+/g, '\n'), map: null } : undefined,
}

function tightenStyles(css: string): string {
  return css.replace(/\/\*[^]*?\*\//g, '').replace(/\s+/g, ' ').replace(/\s*([{};,])\s*/g, '$1').replace(/:\s+/g, ':')
}

export default defineConfig({
  plugins: [tighten],
  build: {
    outDir: 'dist/browser',
    target: 'es2022',
    modulePreload: false,
    rollupOptions: {
      input: Object.fromEntries(entries.map((file) => [basename(file, '.ts'), file])),
      preserveEntrySignatures: 'strict',
      output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunk-[hash].js', codeSplitting: { groups } },
    },
  },
})
