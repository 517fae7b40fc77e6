#!/usr/bin/env node
import { explain } from './explain.ts'
import { createProgram } from './program.ts'

// A reader that closes early (`| head`) has what it wanted.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

try {
  await createProgram().parseAsync()
} catch (error) {
  process.stderr.write(`ops-powertools: ${explain(error)}\n`)
  process.exitCode = 1
}

// The host's own pools and timers, opened by its options module, would keep the process alive.
process.stdout.write('', () => process.exit())
