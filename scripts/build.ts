import { execFileSync } from 'node:child_process'
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs'

/** Compiles the package into `dist/`: modules with their types, the elements for browsers, and the two machine-readable contracts. */
const run = (command: string, ...args: string[]) => execFileSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] })

rmSync('dist', { recursive: true, force: true })
run('tsc', '-p', 'tsconfig.build.json')
chmodSync('dist/server/cli/main.js', 0o755)
run('vite', 'build', '--logLevel', 'warn')
run('vite', 'build', '--config', 'vite.cdn.config.ts', '--logLevel', 'warn')
run('cem', 'analyze', '--config', 'custom-elements-manifest.config.js', '--quiet')

// The manifest is made from the sources; in the package stand the compiled files.
const manifest = readFileSync('dist/custom-elements.json', 'utf8').replace(/"(\/?)components\/([^"]+)\.ts"/g, '"$1dist/components/$2.js"')
writeFileSync('dist/custom-elements.json', manifest)

const { describeApi } = (await import(new URL('../dist/server/http/openapi.js', import.meta.url).href)) as typeof import('../server/http/openapi.ts')
const { version } = (await import(new URL('../dist/server/version.js', import.meta.url).href)) as typeof import('../server/version.ts')
writeFileSync('dist/openapi.json', `${JSON.stringify(describeApi('/ops/jobs', version), null, 2)}\n`)
