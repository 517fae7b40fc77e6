import { once } from 'node:events'
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

/** A line of text, trimmed; none after Ctrl-C or at the end of input. */
export async function askFor(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    // A question does not end by itself when the input does.
    const ended = once(terminal, 'close').then(() => '')
    return (await Promise.race([terminal.question(`${question} `), ended])).trim()
  } catch {
    return '' // Ctrl-C
  } finally {
    terminal.close()
  }
}
