import type { BulkRun } from '../../schemas/index.ts'
import type { Answer, TestServer } from './server.ts'

/** What an operator does through the API: preview, confirm, one shot, and look at a bulk run. */
export interface Operate {
  preview(who: string, body: object): Promise<Answer>
  /** Confirms what `preview` answered. Without `reason`: the file's usual one. */
  execute(who: string, preview: Answer, reason?: string): Promise<Answer>
  /** One shot, under a key of its own unless one is given. A reason in `body` replaces the usual one. */
  once(who: string, body: object, key?: string): Promise<Answer>
  bulkRun(id: string, who?: string): Promise<BulkRun>
}

/** `server` is asked for at each call, because test files start it in `beforeAll`. `usual`: the reason where none is given. */
export function operate(server: () => Pick<TestServer, 'call'>, usual?: string): Operate {
  return {
    preview: (who, body) => server().call(who, 'POST', '/previews', body),
    execute: (who, { body: { id, token } }, reason = usual) => server().call(who, 'POST', `/previews/${String(id)}/execute`, { token, reason }),
    once: (who, body, key = crypto.randomUUID()) =>
      server().call(who, 'POST', '/operations', { ...(usual !== undefined && { reason: usual }), ...body }, { 'idempotency-key': key }),
    bulkRun: async (id, who = 'ops-demo') => (await server().call(who, 'GET', `/bulk/${id}`)).body as unknown as BulkRun,
  }
}
