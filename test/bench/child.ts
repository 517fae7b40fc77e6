import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'

/** A server in a process of its own, which answers questions about itself. */
export interface Child {
  api?: string
  dashboard?: string
  ask(what: string): Promise<unknown>
  /** What the process holds, in megabytes. `settled`: of its heap alone, after a collection. */
  memory(settled?: boolean): Promise<number>
  stop(): Promise<void>
}

export async function startChild(file: string, url: string, env: Record<string, string> = {}): Promise<Child> {
  const child: ChildProcess = fork(new URL(file, import.meta.url), { env: { ...process.env, DATABASE_URL: url, ...env }, execArgv: ['--expose-gc'] })
  const [addresses] = (await once(child, 'message')) as [{ api?: string; dashboard?: string }]
  const ask = async (what: string) => {
    child.send(what)
    return ((await once(child, 'message')) as [unknown])[0]
  }
  return {
    ...addresses,
    ask,
    memory: async (settled = false) => Number(await ask(settled ? 'settled memory' : 'memory')),
    async stop() {
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}
