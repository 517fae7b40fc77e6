import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { defineConfig } from 'vite'

/** Every page and the shell is an entry of its own, so that a host can load one element and no more. */
const entries = ['components/shell', 'components/pages']
  .flatMap((folder) => readdirSync(folder).map((file) => join(folder, file)))
  .filter((file) => /\/ops-[a-z-]+\.ts$/.test(file))
  .concat('components/index.ts')
  .filter((file) => existsSync(file))

export default defineConfig({
  build: {
    outDir: 'dist/browser',
    target: 'es2022',
    modulePreload: false,
    rollupOptions: {
      input: Object.fromEntries(entries.map((file) => [basename(file, '.ts'), file])),
      preserveEntrySignatures: 'strict',
      output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunk-[hash].js' },
    },
  },
})
