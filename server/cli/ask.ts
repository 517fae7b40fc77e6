import { once } from 'node:events'
import { createInterface } from 'node:readline/promises'
import { CliError } from './explain.ts'

/** Without a terminal to ask for confirmation, a change requires `--yes`. Checked before anything else. */
export function requireAnswerable(yes: boolean | undefined): void {
  if (yes || process.stdin.isTTY) return
  throw new CliError('Cannot ask for confirmation, because standard input is not a terminal; expected --yes, or --dry-run for a preview only.')
}

/** Anything but a clear yes counts as no. */
export async function confirm(question: string): Promise<boolean> {
  return /^y(es)?$/i.test(await prompt(`${question} [y/N]`))
}

/** A trimmed line of input; empty after Ctrl-C or at the end of input. */
export async function prompt(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    // question() does not resolve when the input ends.
    const ended = once(terminal, 'close').then(() => '')
    return (await Promise.race([terminal.question(`${question} `), ended])).trim()
  } catch {
    return '' // Ctrl-C
  } finally {
    terminal.close()
  }
}
