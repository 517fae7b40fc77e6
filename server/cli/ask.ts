import { createInterface } from 'node:readline/promises'
import { CliError } from './explain.ts'

/** Is there a person to ask? Without one a change needs `--yes`, which is checked before anything is looked up. */
export function requireAnswerable(yes: boolean | undefined): void {
  if (yes || process.stdin.isTTY) return
  throw new CliError('Nobody can be asked here, because standard input is not a terminal; expected --yes, or --dry-run to only look.')
}

/** Anything but a clear yes is a no. */
export async function confirm(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return /^\s*y(es)?\s*$/i.test(await terminal.question(`${question} [y/N] `))
  } catch {
    return false // Ctrl-C or the end of input
  } finally {
    terminal.close()
  }
}
