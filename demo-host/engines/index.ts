import { StartError } from '../start-error.ts'
import type { OpenEngine } from './engine.ts'

/** Each engine loads its library only when chosen. */
const engines: Record<string, () => Promise<OpenEngine>> = {
  'pg-boss': async () => (await import('./pg-boss.ts')).openPgBoss,
  oban: async () => (await import('./oban.ts')).openOban,
  'graphile-worker': async () => (await import('./graphile-worker.ts')).openGraphileWorker,
  bullmq: async () => (await import('./bullmq.ts')).openBullMq,
}

export const engineNames = Object.keys(engines)

/** The engine chosen with `--engine` or `DEMO_ENGINE`; the command line uses the same variable. */
export function chosenEngine(value = process.env.DEMO_ENGINE): string {
  const name = value || 'pg-boss'
  if (!engineNames.includes(name)) throw new StartError(`There is no engine "${name}" here: choose one of ${engineNames.join(', ')}.`)
  return name
}

export const loadEngine = (name: string): Promise<OpenEngine> => engines[name]!()

/** Evidence refers to jobs by their engine's ids, so each engine's evidence has its own schema. */
export const opsSchema = (name: string): string => (name === 'pg-boss' ? 'ops' : `ops_${name.replace('-', '_')}`)
