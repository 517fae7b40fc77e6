import { chosenEngine } from '../../engines/index.ts'
import type { ShopEngine } from '../../engines/engine.ts'
import { jobKinds } from '../../jobs/index.ts'
import { html, type Html } from '../html.ts'

const rowsFor = (dashboard: ShopEngine['dashboard']): [part: string, here: Html, yours: Html][] => [
  ['Database', html`An embedded PostgreSQL 18 that the demo starts and stops`, html`Your existing PostgreSQL; our tables get their own schema, by default <code>ops</code>`],
  ['Job engine', html`${chosenEngine()}, with ${jobKinds.length} queues and made-up work; <code>npm run demo -- --engine</code> selects another`, html`The engine your workers already use, passed in as <code>engine</code>`],
  ['Who is signed in', html`A form without passwords, a session table, tokens <code>demo-…</code>`, html`<code>auth.currentActor</code> uses your existing login`],
  ['Who may do what', html`Three roles in a dozen lines`, html`<code>auth.authorize</code> checks your permissions, per queue if you like`],
  ['Name in the evidence', html`The user's name`, html`<code>auth.auditPrincipal</code>: an id that still identifies someone in five years`],
  ['What is shown', html`Support sees no arguments and no free text, and only customers' jobs`, html`<code>displayPolicy</code>, required, so that nothing is exposed by accident`],
  ['After a change', html`A follow-up in the shop's own list`, html`<code>escalation</code>, optional: your tickets, your chat`],
  ['Schedule', html`Six entries declared in code`, html`Your entries in <code>cron</code>, or created at runtime by an operator`],
  ['Engine dashboard', dashboard ? html`Installed, so there is a bridge` : html`None is mounted for this engine, so there is no bridge`, html`Yours, if installed; otherwise neither the path nor a link exists`],
  ['Pages', html`<code>/ops/jobs</code> in this app, and three elements on <a href="/operations">Background work</a>`, html`One line of middleware; elements wherever you want them`],
  ['Headers', html`A strict Content-Security-Policy without inline scripts`, html`The same policy works: the elements need no exceptions`],
  ['Command line', html`<code>OPS_USER=ops-demo npx ops-powertools cron list --config demo-host/ops.config.ts</code>`, html`Your own <code>ops.config.ts</code>, with <code>auth.commandLineActor</code> if it may change things`],
]

/** What this host makes up, and what a user's host provides instead. */
export function comparison(dashboard: ShopEngine['dashboard']): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="This host and yours">
    <table class="comparison">
      <thead><tr><th scope="col">Part</th><th scope="col">Here</th><th scope="col">In your host</th></tr></thead>
      <tbody>${rowsFor(dashboard).map(([part, here, yours]) => html`<tr><th scope="row">${part}</th><td>${here}</td><td>${yours}</td></tr>`)}</tbody>
    </table>
  </div>`
}
