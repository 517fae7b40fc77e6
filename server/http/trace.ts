const form = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/

/**
 * The trace context of a request, by the rules of W3C Trace Context: undefined if the header is missing or invalid, and then the
 * request starts no trace. Of a later version the known part counts, written as the version that we know.
 */
export function parseTraceParent(header: string | undefined): string | undefined {
  const [, version, trace, parent, flags, more] = form.exec(header ?? '') ?? []
  if (version === undefined || version === 'ff' || (version === '00' && more !== undefined)) return undefined
  if (/^0+$/.test(trace!) || /^0+$/.test(parent!)) return undefined
  return version === '00' ? header : `00-${trace}-${parent}-${Number.parseInt(flags!, 16) & 1 ? '01' : '00'}`
}
