import type { Plugin } from 'vite'
import base from './vite.config.ts'

const entry = 'components/index.ts'

/** What an element needs at its start. What is loaded later keeps files of its own, beside the one file. */
const atStart = new Set<string>()
const start: Plugin = {
  name: 'at-start',
  buildEnd() {
    const visit = (id: string) => {
      if (atStart.has(id)) return
      atStart.add(id)
      this.getModuleInfo(id)?.importedIds.forEach(visit)
    }
    for (const id of this.getModuleIds()) if (this.getModuleInfo(id)?.isEntry) visit(id)
  },
}

/** All elements in one file for a plain `<script type="module">`. */
export default {
  plugins: [...base.plugins!, start],
  build: {
    ...base.build,
    outDir: 'dist/browser/cdn',
    rollupOptions: {
      input: { 'ops-powertools': entry },
      onLog(level: string, log: { code?: string }, say: (level: string, log: object) => void) {
        // The shell's pages are in the one file already, as they should be.
        if (log.code !== 'INEFFECTIVE_DYNAMIC_IMPORT') say(level, log)
      },
      output: {
        format: 'es' as const,
        entryFileNames: '[name].js',
        chunkFileNames: 'chunk-[hash].js',
        codeSplitting: { groups: [{ name: 'start', test: (id: string) => atStart.has(id) }] },
      },
    },
  },
}
