#!/usr/bin/env node
// The rest is loaded after the check, because an older Node cannot read what follows.
import { requireNode } from '../node-version.ts'

try {
  requireNode()
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`)
  process.exit(1)
}

// A reader that closes early (`| head`) has what it wanted.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

const { createProgram } = await import('./program.ts')
const { explain } = await import('./explain.ts')
const { note } = await import('./print.ts')
try {
  await createProgram().parseAsync()
} catch (error) {
  note(`ops-powertools: ${explain(error)}`)
  process.exitCode = 1
}

// The host's own pools and timers, opened by its options module, would keep the process alive.
process.stdout.write('', () => process.exit())

