import type { Person } from '../host/people.ts'
import { html, type Html } from './html.ts'

export interface Page {
  title: string
  body: Html
  /** The page's path in the navigation, e.g. `/operations`. */
  path?: string
  /** Undefined if no one is signed in; then there is no navigation. */
  person?: Person
  /** Module scripts served by this host. */
  scripts?: string[]
}

const places = [
  ['/', 'Today'],
  ['/operations', 'Background work'],
  ['/walkthrough', 'Walkthrough'],
  ['/ops/jobs', 'Jobs console'],
] as const

export function layout({ title, body, path, person, scripts = [] }: Page): Html {
  return html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>${title} · Tansy &amp; Twine</title>
    <link rel="icon" href="/shop/icon.svg" type="image/svg+xml">
    <link rel="stylesheet" href="/shop/shop.css">
    ${scripts.map((script) => html`<script type="module" src="${script}"></script>`)}
  </head>
  <body>
    <a class="skip" href="#content">Skip to the content</a>
    <header class="masthead">
      <a class="wordmark" href="/">Tansy <span>&amp;</span> Twine<small>shop office</small></a>
      ${person && navigation(path)} ${person && whoIsIn(person)}
    </header>
    <main id="content">${body}</main>
    <footer class="colophon">Tansy &amp; Twine is an imaginary shop. Its orders, prices and people are made up.</footer>
  </body>
</html>
`
}

function navigation(path: string | undefined): Html {
  return html`<nav aria-label="Shop">
    ${places.map(([href, label]) => html`<a href="${href}"${href === path && html` aria-current="page"`}>${label}</a> `)}
  </nav>`
}

function whoIsIn({ name, role }: Person): Html {
  return html`<form class="who" method="post" action="/sign-out">
    <span><b>${name}</b> role ${role}</span>
    <button type="submit">Sign out</button>
  </form>`
}
