/** What each project has beside the files of its recipe: dependencies, its own build, and a file whose wrong lines must not compile. */
export interface Project {
  recipe: string
  /** Only the files below this folder of the recipe. */
  folder?: string
  install: string[]
  files: Record<string, string>
  /** Checks types and builds. */
  build: string[]
  /** Where the built pages are. */
  out: string
  page: string
}

const typescript = 'typescript@5.9.3'
const vite = 'vite@8.3.8'

const index = (script: string) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Host</title></head><body><div id="root"></div><script type="module" src="${script}"></script></body></html>\n`

const tsconfig = (options: object = {}, include = ['src']) =>
  JSON.stringify({ compilerOptions: { target: 'es2022', module: 'esnext', moduleResolution: 'bundler', lib: ['es2022', 'dom', 'dom.iterable'], strict: true, noEmit: true, skipLibCheck: true, verbatimModuleSyntax: true, types: [], ...options }, include })

/** What is wrong in every framework that knows the DOM's types. */
const wrongDom = `
import 'ops-powertools/components/ops-cron.js'
document.addEventListener('ops-operation', (event) => {
  const type: string | undefined = event.detail.eventType
  // @ts-expect-error -- There is no such field.
  event.detail.nothing
  void type
})
const cron = document.createElement('ops-cron')
cron.theme = 'dark'
// @ts-expect-error -- A theme is light or dark.
cron.theme = 'blue'
`

const wrongJsx = (pragma: string) => `
import type {} from '${pragma}'
export const right = <ops-cron theme="dark" entry="nightly_sync" />
// @ts-expect-error -- A theme is light or dark.
export const wrong = <ops-cron theme="blue" />
// @ts-expect-error -- There is no such attribute.
export const unknown = <ops-cron nothing="1" />
`

const react = (version: number): Project => ({
  recipe: 'react.md',
  folder: `react-${version}/`,
  install: [`react@${version}`, `react-dom@${version}`, `@types/react@${version}`, `@types/react-dom@${version}`, vite, typescript],
  files: {
    'index.html': index('./src/main.tsx'),
    'tsconfig.json': tsconfig({ jsx: 'react-jsx' }),
    'src/wrong.ts': wrongDom,
    'src/wrong.tsx': wrongJsx(version === 18 ? 'ops-powertools/react-18' : 'ops-powertools/react'),
  },
  build: ['tsc -p .', 'vite build --base ./'],
  out: 'dist',
  page: 'index.html',
})

export const projects: Record<string, Project> = {
  'plain HTML': { recipe: 'html.md', install: [], files: {}, build: [], out: '.', page: 'index.html' },
  'plain HTML with the one file': { recipe: 'html.md', install: [], files: {}, build: ['node -e require("fs").cpSync("node_modules/ops-powertools/dist/browser/cdn","cdn",{recursive:true})'], out: '.', page: 'cdn.html' },
  'React 19': react(19),
  'React 18': react(18),
  'Vue 3': {
    recipe: 'vue.md',
    install: ['vue@3', '@vitejs/plugin-vue@6', 'vue-tsc@3', vite, typescript],
    files: {
      'index.html': index('./src/main.ts'),
      'tsconfig.json': tsconfig({ jsx: 'preserve' }),
      'src/wrong.ts': wrongDom,
      'src/Wrong.vue': `<script setup lang="ts">\nimport type {} from 'ops-powertools/vue'\n</script>\n<template>\n  <!-- @vue-expect-error A theme is light or dark. -->\n  <ops-cron theme="blue" />\n</template>\n`,
    },
    build: ['vue-tsc -p .', 'vite build'],
    out: 'dist',
    page: 'index.html',
  },
  'Svelte 5': {
    recipe: 'svelte.md',
    install: ['svelte@5', '@sveltejs/vite-plugin-svelte@7', 'svelte-check@4', vite, typescript],
    files: {
      'index.html': index('./src/main.ts'),
      'vite.config.ts': `import { svelte } from '@sveltejs/vite-plugin-svelte'\nexport default { base: './', plugins: [svelte()] }\n`,
      'svelte.config.js': `import { vitePreprocess } from '@sveltejs/vite-plugin-svelte'\nexport default { preprocess: vitePreprocess() }\n`,
      'tsconfig.json': tsconfig(),
      'src/wrong.ts': wrongDom,
      'src/wrong-element.ts': `import type {} from 'ops-powertools/svelte'\nimport type { SvelteHTMLElements } from 'svelte/elements'\nexport const right: SvelteHTMLElements['ops-cron'] = { theme: 'dark', 'onops-operation': ({ detail }) => void detail.eventType }\n// @ts-expect-error -- A theme is light or dark.\nexport const wrong: SvelteHTMLElements['ops-cron'] = { theme: 'blue' }\n`,
    },
    build: ['svelte-check --tsconfig tsconfig.json --fail-on-warnings', 'vite build'],
    out: 'dist',
    page: 'index.html',
  },
  Angular: {
    recipe: 'angular.md',
    install: ['@angular/core@22', '@angular/common@22', '@angular/compiler@22', '@angular/compiler-cli@22', '@angular/platform-browser@22', '@angular/build@22', '@angular/cli@22', 'rxjs@7', 'tslib@2', 'typescript@6.0'],
    files: {
      'src/index.html': '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Host</title><base href="./"></head><body><app-root></app-root></body></html>\n',
      'src/wrong.ts': wrongDom,
      'tsconfig.json': JSON.stringify({ compilerOptions: { target: 'es2022', module: 'preserve', moduleResolution: 'bundler', lib: ['es2022', 'dom', 'dom.iterable'], strict: true, skipLibCheck: true, types: [] }, angularCompilerOptions: { strictTemplates: true }, files: ['src/main.ts', 'src/wrong.ts'] }),
      'angular.json': JSON.stringify({
        version: 1,
        cli: { analytics: false },
        projects: { host: { projectType: 'application', root: '', sourceRoot: 'src', architect: { build: { builder: '@angular/build:application', options: { browser: 'src/main.ts', index: 'src/index.html', tsConfig: 'tsconfig.json', outputPath: 'dist' } } } } },
      }),
    },
    build: ['ng build --configuration='],
    out: 'dist/browser',
    page: 'index.html',
  },
}
