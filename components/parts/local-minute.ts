/** What `datetime-local` understands, in the reader's zone; empty when it is no time. */
export function localMinute(at: number): string {
  if (Number.isNaN(at)) return ''
  return new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

/** The instant a person meant by what they typed there. */
export function instantOf(local: string): string {
  const at = Date.parse(local)
  return Number.isNaN(at) ? '' : new Date(at).toISOString()
}
