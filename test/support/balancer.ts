import { createServer, request as ask, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Balancer {
  url: string
  /** How many requests each process was given, by its port. */
  given: Map<number, number>
  stop(): Promise<void>
}

/** Each request goes to the next process; one that does not accept it is passed over, and one that dies midway breaks the answer. */
export async function startBalancer(ports: number[]): Promise<Balancer> {
  const given = new Map(ports.map((port) => [port, 0]))
  let turn = 0
  const server: Server = createServer((request, response) => {
    const first = turn++
    pass(request, response, ports.map((_, index) => ports[(first + index) % ports.length]!), given)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    given,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function pass(request: IncomingMessage, response: ServerResponse, [port, ...others]: number[], given: Map<number, number>): void {
  if (port === undefined) return void response.writeHead(502).end()
  const upstream = ask({ host: '127.0.0.1', port, path: request.url, method: request.method, headers: request.headers })
  upstream.on('response', (answer) => {
    given.set(port, given.get(port)! + 1)
    response.writeHead(answer.statusCode!, answer.headers)
    answer.pipe(response)
    answer.on('error', () => response.destroy())
    answer.on('aborted', () => response.destroy())
  })
  upstream.on('error', (error: NodeJS.ErrnoException) => {
    // Only a connection that was refused is certain not to have been served.
    if (error.code === 'ECONNREFUSED') pass(request, response, others, given)
    else response.destroy()
  })
  response.on('close', () => upstream.destroy())
  upstream.on('socket', (socket) => (socket.connecting ? socket.once('connect', () => request.pipe(upstream)) : request.pipe(upstream)))
}
