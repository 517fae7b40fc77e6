import { hostname } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import { startDemo } from '../../test/support/demo.ts'

export interface Demo {
  url: string
  api: string
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<{ status: number; text: string }>
  stop(): Promise<unknown>
}

const root = new URL('../..', import.meta.url).pathname

/**
 * The demo in trouble, once its faults have become incidents and errors. Uses the running one at `DEMO_URL`, if that is set; otherwise
 * starts one of its own, with an empty database.
 */
export async function openDemo(): Promise<Demo> {
  const running = process.env.DEMO_URL
  const { url, stop } = running ? { url: running, stop: async () => {} } : await startDemo({ flags: ['--fresh', '--trouble'] })
  const api = `${url}/ops/jobs/api/v1`
  const demo: Demo = {
    url,
    api,
    async call(method, path, body, headers = {}) {
      const response = await fetch(api + path, {
        method,
        headers: { authorization: 'Bearer demo-ops-demo', ...(body ? { 'content-type': 'application/json' } : {}), ...headers },
        ...(body ? { body: JSON.stringify(body) } : {}),
      })
      return { status: response.status, text: withoutPlaces(await response.text()) }
    },
    stop,
  }
  for (const end = Date.now() + 300_000; Date.now() < end; await wait(2_000)) {
    const { open = 0 } = JSON.parse((await demo.call('GET', '/incidents/count')).text) as { open?: number }
    if (open >= 3) return demo
  }
  throw new Error(`The demo at ${url} has fewer than three incidents after five minutes.`)
}

/** Without the names of the machine and the folder that it was recorded on. */
export function withoutPlaces(text: string): string {
  return text.replaceAll(root, '/srv/shop/').replaceAll(root.slice(0, -1), '/srv/shop').replaceAll(new RegExp(`(?<![\\w/+-])${hostname().replaceAll('.', String.raw`\.`)}(?![\\w/+-])`, 'g'), 'shop-1')
}
