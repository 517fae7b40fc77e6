import { chosenEngine } from '../../engines/index.ts'
import type { ShopEngine } from '../../engines/engine.ts'
import { jobKinds } from '../../jobs/index.ts'
import { html, type Html } from '../html.ts'

const rowsFor = (dashboard: ShopEngine['dashboard']): [part: string, here: Html, yours: Html][] => [
  ['Database', html`An embedded PostgreSQL 18 that the demo starts and stops`, html`The PostgreSQL you run; tables go to a schema of their own, by default <code>ops</code>`],
  ['Job engine', html`${chosenEngine()}, with ${jobKinds.length} queues and made-up work; <code>npm run demo -- --engine</code> takes another`, html`The engine your workers already use, passed in as <code>engine</code>`],
  ['Who is asking', html`A form without passwords, a session table, tokens <code>demo-…</code>`, html`<code>auth.currentActor</code> reads the login you have`],
  ['Who may do what', html`Three roles in a dozen lines`, html`<code>auth.authorize</code> asks your permissions, also per queue`],
  ['Who is named', html`The person's name`, html`<code>auth.auditPrincipal</code>: an id that still means somebody in five years`],
  ['What is shown', html`Support sees no arguments and no free text, and only the jobs that concern customers`, html`<code>displayPolicy</code>, required, so that nothing is shown by accident`],
  ['After a change', html`A follow-up in the shop's own list`, html`<code>escalation</code>, optional: your tickets, your chat`],
  ['Schedule', html`Six entries declared in code`, html`Your entries in <code>cron</code>, or created at runtime by an operator`],
  ['Engine dashboard', dashboard ? html`It is installed, so the bridge is there` : html`None is mounted on this engine, so there is no bridge`, html`Yours if installed; otherwise neither the path nor a link exists`],
  ['Pages', html`<code>/ops/jobs</code> in this app, and three elements on <a href="/operations">Background work</a>`, html`One line of middleware; elements wherever you want them`],
  ['Headers', html`A strict Content-Security-Policy without inline scripts`, html`The same works: the elements need no exception`],
  ['Command line', html`<code>OPS_USER=ops-demo npx ops-powertools cron list --config demo-host/ops.config.ts</code>`, html`Your own <code>ops.config.ts</code>, with <code>auth.commandLineActor</code> if it may change things`],
]

/** What this host made up, and what a user's host brings. */
export function comparison(dashboard: ShopEngine['dashboard']): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="This host and yours">
    <table class="comparison">
      <thead><tr><th scope="col">Part</th><th scope="col">Here</th><th scope="col">In your host</th></tr></thead>
      <tbody>${rowsFor(dashboard).map(([part, here, yours]) => html`<tr><th scope="row">${part}</th><td>${here}</td><td>${yours}</td></tr>`)}</tbody>
    </table>
  </div>`
}
