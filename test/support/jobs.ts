import { openDatabase } from '../../server/db/database.ts'
import type { Engine } from '../../server/engines/engine.ts'
import { startOban, type ObanWorld } from './oban.ts'
import { startServer, type TestServer, type TestServerOptions } from './server.ts'

export interface JobServer extends TestServer {
  oban: ObanWorld
}

export interface JobServerOptions extends TestServerOptions {
  /** Stands between the server and the engine. */
  wrap?: (engine: Engine) => Engine
}

/** A server over Oban's tables: the engine that keeps most of what a job can have, and whose jobs are rows to insert. */
export async function startJobServer({ wrap = (engine) => engine, ...options }: JobServerOptions = {}): Promise<JobServer> {
  const oban = await startOban(14)
  const database = await openDatabase({ url: oban.url })
  await database.migrate()
  await database.close()
  const server = await startServer({ engine: wrap(oban.engine), ...options, database_: { url: oban.url, drop: async () => {} } })
  return {
    ...server,
    oban,
    async stop() {
      await server.stop()
      await oban.stop()
    },
  }
}
