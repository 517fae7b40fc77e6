import { existsSync, readFileSync } from 'node:fs'

/** The package's own manifest, which is one more folder up once this is compiled into `dist/`. */
const manifest = ['../package.json', '../../package.json'].map((path) => new URL(path, import.meta.url)).find((url) => existsSync(url))

export const version: string = manifest ? (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version : '0.0.0'
