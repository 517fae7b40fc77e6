import { existsSync, readFileSync } from 'node:fs'

/** The package's own manifest, which is one more folder up once this is compiled into `dist/`. */
const file = ['../package.json', '../../package.json'].map((path) => new URL(path, import.meta.url)).find((url) => existsSync(url))

interface Manifest {
  version: string
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
}

const manifest: Manifest = file ? (JSON.parse(readFileSync(file, 'utf8')) as Manifest) : { version: '0.0.0' }

export const version: string = manifest.version

/** The version of another package that this one is tested with; undefined if the manifest does not name it. */
export function testedVersion(name: string): string | undefined {
  return manifest.devDependencies?.[name] ?? manifest.dependencies?.[name]
}
