/** A server-sent event, or a comment, e.g. one that keeps a connection open. Empty: not given. */
export interface StreamedEvent {
  id: string
  data: string
  comment: string
}

/**
 * The events of an open stream of server-sent events, as they arrive. `arrived` is called for every chunk, comments included, so
 * that the caller can tell a quiet stream from a dead one.
 */
export async function* eventsOf(body: ReadableStream<Uint8Array>, arrived: () => void = () => {}): AsyncGenerator<StreamedEvent, void, undefined> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader()
  try {
    for (let rest = ''; ; ) {
      const { done, value } = await reader.read()
      if (done) return
      arrived()
      const blocks = (rest + value).replaceAll('\r\n', '\n').split('\n\n')
      rest = blocks.pop()!
      for (const block of blocks) yield { id: fieldOf(block, 'id'), data: fieldOf(block, 'data'), comment: fieldOf(block, '') }
    }
  } finally {
    await reader.cancel().catch(() => {})
  }
}

function fieldOf(block: string, name: string): string {
  return block
    .split('\n')
    .filter((line) => line.startsWith(`${name}:`))
    .map((line) => line.slice(name.length + 1).trim())
    .join('\n')
}
