import { openDatabase } from './database.ts'
import type { Closers } from './demo.ts'
import { type FrontDoor, openFrontDoor } from './front-door.ts'
import { readSettings } from './settings.ts'
import { StartError } from './start-error.ts'
import { welcome } from './welcome.ts'

/** npm forwards the Ctrl-C that the terminal has already sent; only a later one means that the user is impatient. */
const sameCtrlC = 1000

const closers: Closers = []
let door: FrontDoor | undefined
let closingSince: number | undefined
let stopAtOnce: (() => Promise<void>) | undefined

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void onSignal())
process.on('unhandledRejection', (error) => void fail(error))
process.on('uncaughtException', (error) => void fail(error))

const opened = open()
opened.catch(fail)

async function open(): Promise<void> {
  const settings = readSettings(process.argv.slice(2), process.env)
  door = await openFrontDoor(settings.port)
  const database = await openDatabase(settings, console.log)
  stopAtOnce = () => database.close('immediate')
  closers.push(database.close)
  database.onUnexpectedEnd(() => void fail(new StartError('PostgreSQL stopped unexpectedly; the shop closes too.')))

  process.env.DATABASE_URL = database.url
  process.env.DEMO_ENGINE = settings.engine
  process.env.SHOP_URL = door.url
  const { startDemo } = await importBuilt()
  const { listener, dashboard, trouble } = await startDemo(closers)
  door.serve(listener)
  if (closingSince === undefined) console.log(welcome({ url: door.url, where: database.where, engine: settings.engine, dashboard, trouble: settings.trouble }))
  if (settings.trouble) await trouble(door.url)
}

async function importBuilt(): Promise<typeof import('./demo.ts')> {
  try {
    return await import('./demo.ts')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error
    throw new StartError(`The package is not built: use "npm run demo", or "npm run build" once before (${(error as Error).message}).`)
  }
}

/** Waits for a start in progress, so that nothing half-started is left behind. */
async function onSignal(): Promise<void> {
  if (closingSince === undefined) {
    closingSince = Date.now()
    await opened.catch(() => {})
    await close(0)
  } else if (Date.now() - closingSince > sameCtrlC) {
    await stopAtOnce?.()
    process.exit(130)
  }
}

async function fail(error: unknown): Promise<void> {
  if (closingSince !== undefined) return
  closingSince = Date.now()
  if (error instanceof StartError) console.error(error.message)
  else if (isDatabaseError(error)) console.error(`The database refused: ${error.message}.`)
  else console.error('The demo cannot continue:', error)
  await close(1)
}

function isDatabaseError(error: unknown): error is Error {
  return error instanceof Error && 'severity' in error
}

/** Closes everything that was started, newest first; a part that fails to close must not keep the others open. */
async function close(exitCode: number): Promise<void> {
  for (const end of [() => door?.close(), ...closers.toReversed()]) {
    try {
      await end()
    } catch (error) {
      console.error(`While closing: ${(error as Error).message}`)
    }
  }
  process.exit(exitCode)
}
