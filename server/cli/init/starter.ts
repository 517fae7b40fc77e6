/** A file that `init` writes into a host. */
export interface Starter {
  file: string
  what: string
  text: string
}

/** The text behind the bars. The bars keep tools from mistaking these templates for our own code. */
export function barred(text: string): string {
  return `${text.trim().replace(/^ *\|/gm, '')}\n`
}

/** Joins lines of a template; an empty list of parts leaves no empty line behind. */
export function lines(...parts: (string | false | string[])[]): string {
  return parts
    .flat()
    .filter((part) => part !== false)
    .join('\n  |')
}
