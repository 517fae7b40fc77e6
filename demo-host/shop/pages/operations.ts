import type { Person } from '../../host/people.ts'
import { html, type Html } from '../html.ts'

/** An admin page of the shop with three elements among its own content. */
export function operationsPage({ role }: Person): Html {
  return html`<h1>Background work</h1>
    <p class="lede">
      The shop syncs orders, updates prices and counts stock in the background. This is one of the shop's own pages; the boxes are
      elements of the operations layer, and each would work on its own.
    </p>
    <ops-provider api="/ops/jobs/api/v1">
      ${role === 'support' ? supportNote : overview}
      <section class="card embed">
        <h2>The shop's schedule</h2>
        <p class="quiet">Pausing requires the role ops. The kitchen relies on <b>stock_digest</b>: tell them before you pause it.</p>
        <ops-cron></ops-cron>
      </section>
      <section class="card embed">
        <h2>Who changed what</h2>
        <ops-audit></ops-audit>
      </section>
    </ops-provider>
    <p class="quiet">There is more in the <a href="/ops/jobs">jobs console</a>, which has the operations layer's own look. How the
      elements take the look of other sites is on <a href="/theming">Theming</a>.</p>`
}

const overview = html`<section class="card embed">
  <h2>Is work moving?</h2>
  <ops-overview></ops-overview>
</section>`

const supportNote = html`<p class="card note">Colleagues in support see the schedule and the audit log here, with arguments and free text hidden.</p>`
