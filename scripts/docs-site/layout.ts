import { dirname, relative } from 'node:path/posix'
import { escapeHtml } from './escape-html.ts'
import type { Heading } from './markdown.ts'
import type { Chapter, Page } from './pages.ts'

interface Content {
  page: Page
  html: string
  headings: readonly Heading[]
  /** Further scripts of the page, relative to the root of the site. */
  scripts?: readonly string[]
}

/** The whole document around the content of a page: navigation, search, table of contents. */
export function layOut(chapters: readonly Chapter[], version: string, { page, html, headings, scripts = [] }: Content): string {
  const to = (path: string) => relative(dirname(page.path), path)
  const current = (path: string) => (path === page.path ? ' aria-current="page"' : '')
  const navigation = chapters
    .map(({ title, pages }) => {
      const open = pages.some(({ path }) => path === page.path) ? ' open' : ''
      const links = pages.map((each) => `<li><a href="${to(each.path)}"${current(each.path)}>${escapeHtml(each.title)}</a></li>`).join('')
      return `<details${open}><summary>${title}</summary><ul>${links}</ul></details>`
    })
    .join('\n')
  const sections = headings.filter(({ level }) => level === 2)
  // A live element needs the width.
  const contents = sections.length > 2 && !scripts.length ? `<nav class="contents" aria-label="On this page"><p>On this page</p><ul>${sections.map(({ id, text }) => `<li><a href="#${id}">${escapeHtml(text)}</a></li>`).join('')}</ul></nav>` : ''
  const title = page.path === 'index.html' ? 'Ops Powertools' : `${page.title} · Ops Powertools`
  return `<!doctype html>
<html lang="en" data-root="${to('.') || '.'}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${to('assets/site.css')}">
<script src="${to('assets/theme.js')}"></script>
<script defer src="${to('assets/search-index.js')}"></script>
<script defer src="${to('assets/site.js')}"></script>
${scripts.map((script) => `<script defer src="${to(script)}"></script>`).join('\n')}
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header>
<button id="menu" type="button" aria-expanded="false" aria-controls="navigation">Menu</button>
<a class="brand" href="${to('index.html')}">Ops Powertools <span>${version}</span></a>
<div class="search" role="search">
<label for="search" class="hidden">Search the headings</label>
<input id="search" type="search" placeholder="Search" autocomplete="off" role="combobox" aria-expanded="false" aria-controls="found" aria-autocomplete="list"><kbd aria-hidden="true">/</kbd>
<ul id="found" role="listbox" aria-label="Found" hidden></ul>
</div>
<button id="theme" type="button">Dark</button>
</header>
<div class="frame${contents ? '' : ' wide'}">
<nav id="navigation" aria-label="Documentation">
${navigation}
</nav>
<main id="content" tabindex="-1">
${html}
</main>
${contents}
</div>
</body>
</html>
`
}
