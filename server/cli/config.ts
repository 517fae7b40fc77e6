import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Command } from 'commander'
import type { OpsOptions } from '../options.ts'
import { CliError, reasonOf } from './explain.ts'

/** The host's actor type is unknown here. */
export type HostOptions = OpsOptions<unknown>

const usualNames = ['ops.config.ts', 'ops.config.js', 'ops.config.mjs']

/** The options of `createOps`, from the module that the host's server also reads: an object, a promise, or a function that returns either. */
export async function loadOptions(command: Command): Promise<HostOptions> {
  const file = findConfig(command.optsWithGlobals<{ config?: string }>().config)
  const module = await importConfig(file)
  if (module.default === undefined) throw new CliError(`${file} has no default export; expected the options of createOps.`)
  const options: unknown = await settle(file, module.default)
  if (typeof options !== 'object' || options === null) {
    throw new CliError(`The default export of ${file} is ${options === null ? 'null' : typeof options}; expected the options of createOps.`)
  }
  return options as HostOptions
}

function findConfig(configFlag: string | undefined): string {
  const candidates = configFlag === undefined ? usualNames : [configFlag]
  const file = candidates.map((name) => resolve(name)).find((path) => existsSync(path))
  if (file) return file
  if (configFlag !== undefined) throw new CliError(`${resolve(configFlag)} does not exist; expected the module with the options of createOps.`)
  throw new CliError(`There is no ${usualNames[0]} in ${process.cwd()}; create one with 'ops-powertools init', or pass --config.`)
}

async function importConfig(file: string): Promise<{ default?: unknown }> {
  if (/\.[cm]?ts$/.test(file) && !process.features.typescript) {
    throw new CliError(`Node ${process.versions.node} does not run TypeScript; expected 22.18 or newer, or a configuration in JavaScript.`)
  }
  try {
    return (await import(pathToFileURL(file).href)) as { default?: unknown }
  } catch (error) {
    throw new CliError(`${file} could not be loaded: ${reasonOf(error)}`)
  }
}

async function settle(file: string, exported: unknown): Promise<unknown> {
  try {
    return await (typeof exported === 'function' ? (exported as () => unknown)() : exported)
  } catch (error) {
    throw new CliError(`${file} did not return its options: ${reasonOf(error)}`)
  }
}
