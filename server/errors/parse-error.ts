/** What an engine hands over of a failed attempt. */
export interface RawError {
  /** The message, or a whole report that begins or ends with it. */
  text: string
  /** Name of its class, if the engine stores that separately, e.g. `TypeError`. */
  name?: string
  /** The stack, if the engine stores that separately. */
  stack?: string
}

export interface ParsedError {
  /** `TypeError`, `Ecto.StaleEntryError`; `Error` if it is not known. */
  errorClass: string
  /** The first two lines that are not empty, without the class; empty if there is no message. */
  message: string
  /** The first functions with their files that belong to the host, innermost first. */
  frames: string[]
}

/** Both are cut before any expression sees them: a job can put megabytes into an error. */
const maxText = 2_048
const maxStack = 8_192
const maxFrames = 5

export function parseError({ text, name, stack }: RawError): ParsedError {
  const cut = cutTo(text, maxText)
  const lines = linesOf(cut)
  const trace = cutTo(stack ?? text, maxStack)
  const { errorClass, first, rest } = headOf(lines, name)
  const second = rest.find((line) => !isFrame(line))
  return { errorClass, message: [first, ...(second === undefined ? [] : [second])].filter((line) => line !== '').slice(0, 2).join('\n'), frames: framesOf(trace) }
}

/** By UTF-16 units, and never through the middle of a character. */
export function cutTo(text: string, most: number): string {
  if (text.length <= most) return text
  const cut = text.slice(0, most)
  return cut.isWellFormed() ? cut : cut.slice(0, -1)
}

function linesOf(text: string): string[] {
  return text.split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== '')
}

interface Head {
  errorClass: string
  first: string
  rest: string[]
}

/** `TypeError: message`, as JavaScript and Python write it; also `ns::Error: …` and `my.pkg.SomeException: …`. */
const classed = /^(?:Uncaught )?((?:[A-Za-z_$][\w$]{0,79}(?:\.|::)){0,8}[A-Z][\w$]{0,79})(?: \[[\w.-]{1,60}\])?(?:: |:$|$)/
const soundsLikeError = /(?:Error|Exception|Failure|Fault|Timeout|Abort|Exit|Interrupt|Warning)$/
/** `** (Ecto.StaleEntryError) message`, as Elixir writes it. */
const elixir = /^\*\* \(([\w.:]{1,160})\) ?/

function headOf(lines: string[], name: string | undefined): Head {
  // Python ends its report with the error.
  const report = lines[0]?.startsWith('Traceback (most recent call last)') ? lines.slice(lastHead(lines)) : lines
  const [line = '', ...rest] = report
  const inElixir = elixir.exec(line)
  if (inElixir) return { errorClass: inElixir[1]!, first: line.slice(inElixir[0].length), rest }
  const found = classed.exec(line)
  if (found && (soundsLikeError.test(found[1]!) || found[1] === name)) return { errorClass: name ?? found[1]!, first: line.slice(found[0].length), rest }
  return { errorClass: name ?? 'Error', first: isFrame(line) ? '' : line, rest }
}

function lastHead(lines: string[]): number {
  const index = lines.findLastIndex((line) => soundsLikeError.test(classed.exec(line)?.[1] ?? ''))
  return index < 0 ? lines.length - 1 : index
}

/** A frame of JavaScript, Elixir or Python. */
const frame = /^(?:at |\([\w.@+ -]{1,80}\) [\w./-]{1,300}:\d|File "|[\w./-]{1,300}\.exs?:\d{1,9}: )/

export function isFrame(line: string): boolean {
  return frame.test(line)
}

/** Frames of the runtime and of libraries: the same in every program. */
const notOfHost = /\bnode:|node_modules[/\\]|internal\/|<anonymous>$|\/deps\/|site-packages|\((?:elixir|stdlib|kernel|ecto|ecto_sql|db_connection|telemetry|erts) |native code/

export function isHostFrame(line: string): boolean {
  return !notOfHost.test(line)
}

const maxLines = 60

/** The frames of a whole report as a page shows them; undefined if there are none. */
export function stackLines(trace: string | undefined): { text: string; ofHost: boolean }[] | undefined {
  const lines = linesOf(cutTo(trace ?? '', maxStack)).filter((line) => isFrame(line)).slice(0, maxLines)
  return lines.length ? lines.map((text) => ({ text, ofHost: isHostFrame(text) })) : undefined
}

/** Function and file name: neither lines nor columns nor folders, which differ between two builds of the same program. */
function framesOf(trace: string): string[] {
  return linesOf(trace)
    .filter((line) => isFrame(line) && isHostFrame(line))
    .slice(0, maxFrames)
    .map((line) => line.replace(/(?:\bfile:\/\/|[A-Za-z]:)?[/\\]?(?:[\w@.~+-]{1,200}[/\\]){1,64}(?=[\w@~+-]{1,200}\.[a-z]{1,5}\b)/g, '').replace(/:\d{1,9}(?::\d{1,9})?/g, '').replace(/, line \d{1,9}/, ''))
}
