import { css, html, type TemplateResult } from 'lit'
import type { Problem } from '../../schemas/problem.ts'
import { t, tx } from '../core/words.ts'
import { problemPanel, problemStyles } from '../parts/problem.ts'
import { navigation } from './navigation.ts'
import type { Route } from './routes.ts'

/** What the shell shows instead of a page. Loaded when it is needed. */

export interface Ways {
  href: (route: Route) => string
  /** Why this actor may not go there; empty if they may. */
  refused: (route: Route) => string
}

export function signIn(problem: Problem): TemplateResult {
  return html`${problemPanel(problem)}
    <p class="again"><button type="button" class="button primary" @click=${() => location.reload()}>${t`Sign in`}</button></p>`
}

/** A page that is not open to this actor, and those that are. */
export function closedPage(route: Route, { href, refused }: Ways): TemplateResult {
  const open = navigation.filter((each) => !refused(each))
  return html`<h1 class="page-title" tabindex="-1">${tx(route.title)}</h1>
    <section class="card padded lost" role="note">
      <h2>${t`This page is not open to you`}</h2>
      <p class="wrap">${refused(route)}</p>
      ${open.length > 0
        ? html`<p>${t`You may open:`}</p>
            <ul class="choices">${open.map((each) => html`<li><a class="button" href=${href(each)}>${tx(each.title)}</a></li>`)}</ul>`
        : html`<p>${t`None of the pages here is open to you.`}</p>`}
    </section>`
}

/** Nothing is there, or it could not be loaded. */
export function lostPage(title: string, detail: unknown, overview: string): TemplateResult {
  return html`<section class="card padded lost">
    <h1 class="page-title" tabindex="-1">${title}</h1>
    <p class="muted wrap">${detail}</p>
    <p><a href=${overview}>${t`Go to the overview`}</a></p>
  </section>`
}

export { problemPanel }

const styles = css`
  .lost {
    display: grid;
    gap: 8px;
  }
  .again {
    margin-top: 12px;
  }
  .choices {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
  }
  main > .page-title + .lost {
    margin-top: 14px;
  }
`

/** Gives these styles to the root that shows one of these pages. */
export function adoptStyles(root: ShadowRoot): void {
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, problemStyles.styleSheet!, styles.styleSheet!]
}
