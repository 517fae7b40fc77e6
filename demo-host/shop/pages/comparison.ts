import { html, type Html } from '../html.ts'

const rows: [part: string, here: Html, yours: Html][] = [
  ['Database', html`An embedded PostgreSQL 18 that the demo starts and stops`, html`The PostgreSQL you run; tables go to a schema of their own, by default <code>ops</code>`],
  ['Job engine', html`pg-boss, with seven queues and made-up work`, html`The engine your workers already use, passed in as <code>engine</code>`],
  ['Who is asking', html`A form without passwords, a session table, tokens <code>demo-…</code>`, html`<code>auth.currentActor</code> reads the login you have`],
  ['Who may do what', html`Three roles in a dozen lines`, html`<code>auth.authorize</code> asks your permissions, also per queue`],
  ['Who is named', html`The person's name`, html`<code>auth.auditPrincipal</code>: an id that still means somebody in five years`],
  ['What is shown', html`Support sees no arguments and no free text`, html`<code>displayPolicy</code>, required, so that nothing is shown by accident`],
  ['After a change', html`A follow-up in the shop's own list`, html`<code>escalation</code>, optional: your tickets, your chat`],
  ['Schedule', html`Six entries declared in code`, html`Your entries in <code>cron</code>, or created at runtime by an operator`],
  ['Engine dashboard', html`<code>@pg-boss/dashboard</code> is installed, so the bridge is there`, html`Yours if installed; otherwise neither the path nor a link exists`],
  ['Pages', html`<code>/ops/jobs</code> in this app, and three elements on <a href="/operations">Background work</a>`, html`One line of middleware; elements wherever you want them`],
  ['Headers', html`A strict Content-Security-Policy without inline scripts`, html`The same works: the elements need no exception`],
  ['Command line', html`<code>OPS_USER=ops-demo npx ops-powertools cron list --config demo-host/ops.config.ts</code>`, html`Your own <code>ops.config.ts</code>, with <code>auth.commandLineActor</code> if it may change things`],
]

/** What this host made up, and what a user's host brings. */
export function comparison(): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="This host and yours">
    <table class="comparison">
      <thead><tr><th scope="col">Part</th><th scope="col">Here</th><th scope="col">In your host</th></tr></thead>
      <tbody>${rows.map(([part, here, yours]) => html`<tr><th scope="row">${part}</th><td>${here}</td><td>${yours}</td></tr>`)}</tbody>
    </table>
  </div>`
}
