import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { StartError } from './start-error.ts'

export interface FrontDoor {
  url: string
  /** Sets the handler for requests; until then visitors are asked to wait. */
  serve(handler: RequestListener): void
  close(): Promise<void>
}

/** Binds the port before anything else is started, so that a port conflict fails early. */
export async function openFrontDoor(port: number): Promise<FrontDoor> {
  let handler: RequestListener = askToWait
  const server = createServer((request, response) => handler(request, response)).listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch (error) {
    throw new StartError(explain(error as NodeJS.ErrnoException, port))
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    serve(ready) {
      handler = ready
    },
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeIdleConnections()
      setTimeout(() => server.closeAllConnections(), 1000).unref() // live streams do not end by themselves
      await closed
    },
  }
}

const askToWait: RequestListener = (_request, response) => {
  response.writeHead(503, { 'content-type': 'text/plain; charset=utf-8', 'retry-after': '2' })
  response.end('The shop is opening; try again in a moment.\n')
}

function explain({ code, message }: NodeJS.ErrnoException, port: number): string {
  if (code === 'EADDRINUSE') return `Port ${port} is taken: stop what listens there, or choose another with PORT.`
  if (code === 'EACCES') return `Port ${port} needs privileges that this user does not have: choose one above 1023 with PORT.`
  return `Port ${port} cannot be used: ${message}.`
}
