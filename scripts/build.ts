import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, cpSync, rmSync, writeFileSync } from 'node:fs'
import { buildSite } from './docs-site/build.ts'
import { writeElementData } from './elements/write.ts'

/** Compiles the package into `dist/`: modules with their types, the elements for browsers, the two machine-readable contracts, typings and data for editors, the documentation site. */
const run = (command: string, ...args: string[]) => execFileSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] })

rmSync('dist', { recursive: true, force: true })
run('tsc', '-p', 'tsconfig.build.json')
chmodSync('dist/server/cli/main.js', 0o755)
run('vite', 'build', '--logLevel', 'warn')
run('vite', 'build', '--config', 'vite.cdn.config.ts', '--logLevel', 'warn')
// A page that has become too heavy is as wrong as one that does not compile.
const sizes = spawnSync(process.execPath, ['scripts/element-sizes.ts'], { encoding: 'utf8' })
if (sizes.status !== 0) throw new Error(`Too large for the aims in scripts/element-sizes.ts:\n${sizes.stdout}${sizes.stderr}`)
cpSync('components/themes', 'dist/browser/themes', { recursive: true })
run('cem', 'analyze', '--config', 'custom-elements-manifest.config.js', '--quiet')

writeElementData('.')

const { describeApi } = (await import(new URL('../dist/server/http/openapi.js', import.meta.url).href)) as typeof import('../server/http/openapi.ts')
const { version } = (await import(new URL('../dist/server/version.js', import.meta.url).href)) as typeof import('../server/version.ts')
writeFileSync('dist/openapi.json', `${JSON.stringify(describeApi('/ops/jobs', version), null, 2)}\n`)

await buildSite('dist/docs-site')
