import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase } from '../support/postgres.ts'
import { checkLive, checkServer, countEvents, launchBrowser, operate, pauseInBrowser } from './operator.ts'
import { filesOf, makeProject, type Project, versionOf } from './project.ts'
import { serve } from './served.ts'

interface Recipe {
  name: string
  guide: string
  packages: Record<string, string>
  /** Where the recipe wants the options. */
  options?: string
  manifest?: object
  build?(project: Project, env: Record<string, string>): Promise<unknown>
  start: [command: string, ...args: string[]]
  /** How the process ends on SIGTERM, if it is not by itself. */
  ends?: number | string
}

const types = { typescript: '6.0.3', '@types/node': versionOf('@types/node') }

const recipes: Recipe[] = [
  { name: 'node-http', guide: 'node.md', packages: {}, start: ['node', 'server.ts'] },
  { name: 'koa', guide: 'koa.md', packages: { koa: versionOf('koa') }, start: ['node', 'server.ts'] },
  { name: 'express-5', guide: 'express.md', packages: { express: '5.3.0' }, start: ['node', 'server.ts'] },
  { name: 'express-4', guide: 'express.md', packages: { express: '4.22.3' }, start: ['node', 'server.ts'] },
  { name: 'fastify', guide: 'fastify.md', packages: { fastify: '5.12.8' }, start: ['node', 'server.ts'] },
  { name: 'hono', guide: 'hono.md', packages: { hono: '4.13.19', '@hono/node-server': '2.1.8' }, start: ['node', 'server.ts'] },
  {
    name: 'nestjs',
    guide: 'nestjs.md',
    packages: { '@nestjs/core': '11.2.10', '@nestjs/common': '11.2.10', '@nestjs/platform-express': '11.2.10', 'reflect-metadata': '0.2.2', rxjs: '7.8.2', ...types },
    manifest: {},
    options: 'src/ops.config.ts',
    build: (project) => project.run('tsc'),
    start: ['node', 'dist/main.js'],
    ends: 'SIGTERM',
  },
  {
    name: 'next',
    guide: 'next.md',
    packages: { next: '16.4.6', react: '19.3.1', 'react-dom': '19.3.1', '@types/react': '19.3.0', ...types },
    manifest: {},
    build: async (project, env) => {
      await project.write('app/layout.tsx', 'export default ({ children }: { children: React.ReactNode }) => <html lang="en"><body>{children}</body></html>\n')
      await project.write('app/page.tsx', 'export default () => <p>The shop</p>\n')
      await project.run('next', ['build'], { ...env, NEXT_TELEMETRY_DISABLED: '1' })
    },
    start: ['next', 'start'],
    ends: 143,
  },
  {
    name: 'sveltekit',
    guide: 'sveltekit.md',
    packages: { '@sveltejs/kit': '3.2.0', '@sveltejs/adapter-node': '6.0.1', '@sveltejs/vite-plugin-svelte': '7.3.1', svelte: '5.57.3', vite: versionOf('vite') },
    options: 'src/lib/server/ops.config.ts',
    build: async (project) => {
      await project.write('src/app.html', '<!doctype html><html lang="en"><head>%sveltekit.head%</head><body><div>%sveltekit.body%</div></body></html>\n')
      await project.write('src/routes/+page.svelte', '<p>The shop</p>\n')
      await project.run('vite', ['build'])
    },
    start: ['node', 'build'],
  },
]

let browser: Browser
beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser?.close())

const chosen = process.env.CONSUMERS?.split(',')

describe.each(recipes.filter(({ name }) => !chosen || chosen.includes(name)))('a project made from docs/hosts/$guide ($name)', ({ name, guide, packages, options = 'ops.config.ts', manifest, build, start, ends = 0 }) => {
  test('builds with its own tools, serves the console, and an operator pauses an entry there', async () => {
    const [project, database] = await Promise.all([makeProject(name, { 'pg-boss': versionOf('pg-boss'), ...packages }, manifest), createDatabase({ empty: true })])
    try {
      const env = { DATABASE_URL: database.url }
      await project.write(options, filesOf('docs/hosts/README.md')['ops.config.ts']!)
      const files = Object.entries(filesOf(`docs/hosts/${guide}`))
      expect(files.length).toBeGreaterThan(0)
      for (const [path, code] of files) await project.write(path, code)
      await build?.(project, env)
      const [command, ...args] = start
      const served = await serve(project, command, args, env)
      let ended: number | string | undefined
      try {
        await checkServer(served.url)
        await checkLive(served.url)
        await operate(served.url, 'pause_cron_entry')
        expect(await countEvents(served.url, 'cron.paused')).toBe(1)
        await operate(served.url, 'resume_cron_entry')
        await pauseInBrowser(browser, served.url)
        expect(served.printed()).not.toMatch(/^\s+at .*node_modules\/ops-powertools/m)
      } catch (error) {
        throw new Error(`${served.url}\n${served.printed()}`, { cause: error })
      } finally {
        ended = await served.stop()
      }
      expect(ended, served.printed()).toBe(ends)
    } finally {
      await database.drop()
      await project.remove()
    }
  })
})
