import { createInterface } from 'node:readline/promises'
import { CliError } from './explain.ts'

/** Is there a person to ask? Without one a change needs `--yes`, which is checked before anything is looked up. */
export function requireAnswerable(yes: boolean | undefined): void {
  if (yes || process.stdin.isTTY) return
  throw new CliError('Nobody can be asked here, because standard input is not a terminal; expected --yes, or --dry-run to only look.')
}

/** Anything but a clear yes is a no. */
export async function confirm(question: string): Promise<boolean> {
  return /^y(es)?$/i.test(await askFor(`${question} [y/N]`))
}

/** A line of text, trimmed. */
export async function askFor(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return (await terminal.question(`${question} `)).trim()
  } catch {
    return '' // Ctrl-C or the end of input
  } finally {
    terminal.close()
  }
}
