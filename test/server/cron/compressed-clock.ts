/** A clock that runs `factor` times as fast as the real one, the same in every process that knows these numbers. */
export interface Compressed {
  realStart: number
  start: number
  factor: number
}

export function clockOf({ realStart, start, factor }: Compressed): () => Date {
  return () => new Date(start + (Date.now() - realStart) * factor)
}
