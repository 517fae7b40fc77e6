/** An instant as a value for `datetime-local`, in the reader's zone; empty if it is not a valid time. */
export function localMinute(at: number): string {
  if (Number.isNaN(at)) return ''
  return new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

/** The instant of a value typed into `datetime-local`. */
export function instantOf(local: string): string {
  const at = Date.parse(local)
  return Number.isNaN(at) ? '' : new Date(at).toISOString()
}
