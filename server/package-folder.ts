import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

/** Bundlers replace it by the bundle's own address, by one of the machine that built it, or by nothing. */
const here: string | undefined = import.meta.url

/**
 * The folder of this package, for the files that are not code: beside this module, or, if it was bundled, where the package is installed
 * for the host. Undefined if it is nowhere.
 */
export const packageFolder: URL | undefined = [
  () => URL.parse('../', here),
  () => URL.parse('../../', here),
  () => installedFor(here),
  () => installedFor(pathToFileURL(`${process.cwd()}/`).href),
]
  .map((find) => attempt(find))
  .find((folder) => folder && attempt(() => readManifest(folder))?.name === 'ops-powertools') ?? undefined

interface PackageManifest {
  name: string
  version: string
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
}

/** The package's own manifest; version 0.0.0 in a bundle without it. */
export const packageManifest: PackageManifest = packageFolder ? readManifest(packageFolder) : { name: 'ops-powertools', version: '0.0.0' }

/** What a host reads at start, and on every page, if it was bundled without the package. */
export const missingPackage =
  'The package ops-powertools is not installed beside this server, so its files for the browser are missing and no page can load: it was bundled into the server. Keep it out of the bundle (esbuild: external, Vite: ssr.external, Next.js: serverExternalPackages) and install it where the server runs.'

function installedFor(from: string | undefined): URL | undefined {
  return from === undefined ? undefined : new URL('./', pathToFileURL(createRequire(from).resolve('ops-powertools/package.json')))
}

function readManifest(folder: URL): PackageManifest {
  return JSON.parse(readFileSync(new URL('package.json', folder), 'utf8')) as PackageManifest
}

function attempt<Answer>(work: () => Answer): Answer | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}
