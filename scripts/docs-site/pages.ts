import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { chapters, shortTitles } from '../../docs/site/navigation.ts'

/** A page of the site. Paths are relative to the root of the site and end in `.html`. */
export interface Page {
  path: string
  title: string
  /** The Markdown file that it is made from, relative to the repository. */
  source?: string
}

export interface Chapter {
  title: string
  pages: Page[]
}

/** The chapters with every guide that there is. A guide that `navigation.ts` does not name comes at the end. */
export function listGuides(root: string): Chapter[] {
  const there = [...markdownIn(root, 'docs'), ...markdownIn(root, 'docs/hosts')]
  const named = new Set(chapters.flatMap(({ guides }) => guides))
  const others = there.filter((guide) => !named.has(guide))
  return chapters.map(({ title, guides }, index) => ({
    title,
    pages: [...guides, ...(index === chapters.length - 1 ? others : [])].filter((guide) => existsSync(join(root, guide))).map((guide) => pageOf(root, guide)),
  }))
}

function markdownIn(root: string, folder: string): string[] {
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`)
}

function pageOf(root: string, source: string): Page {
  const heading = /^# (.+)$/m.exec(readFileSync(join(root, source), 'utf8'))?.[1] ?? source
  return { path: pathOf(source), title: shortTitles[source] ?? heading.replaceAll('`', ''), source }
}

/** `docs/hosts/README.md`: `hosts/index.html`. */
export function pathOf(source: string): string {
  if (source === 'README.md') return 'index.html'
  return source.replace(/^docs\//, '').replace(/README\.md$/, 'index.html').replace(/\.md$/, '.html').replace('CHANGELOG', 'changelog')
}
