import type { ShopEngine } from '../../engines/engine.ts'
import type { Person } from '../../host/people.ts'
import { html, type Html } from '../html.ts'
import { comparison } from './comparison.ts'

export interface Step {
  id: string
  title: string
  text: Html
  href: string
  link: string
}

/** The first operator session, step by step; also printed when the demo starts. Includes the bridge if there is one. */
export function stepsFor(dashboard: ShopEngine['dashboard']): readonly Step[] {
  return dashboard ? [...steps, bridge(dashboard)] : steps
}

const steps: readonly Step[] = [
  {
    id: 'overview',
    title: 'Open the overview',
    text: html`Signed in as <b>ops-demo</b>, see first what needs attention, before any table.`,
    href: '/ops/jobs',
    link: 'Overview',
  },
  {
    id: 'cron',
    title: 'Find nightly_sync',
    text: html`On the cron page it is <b>Runnable</b>: it runs every night at 02:00 UTC, one follow-up may wait, and after an outage the latest missed run is caught up on.`,
    href: '/ops/jobs/cron',
    link: 'Cron',
  },
  {
    id: 'pause',
    title: 'Pause it',
    text: html`Press <b>Pause</b>. A preview shows who does what to which entry, what will be recorded and how risky it is. Enter the reason
      <q>fixture maintenance</q> and confirm.`,
    href: '/ops/jobs/cron',
    link: 'Cron',
  },
  {
    id: 'waiting',
    title: 'See it waiting',
    text: html`The entry reads <b>Waiting</b> and offers to resume. Exactly one <code>cron.paused</code> event was written.`,
    href: '/ops/jobs/cron',
    link: 'Cron',
  },
  {
    id: 'forensics',
    title: 'Read its forensics',
    text: html`The pause is in its chronology. The page also shows how far the evidence reaches, and the next paths, each with its owner.`,
    href: '/ops/jobs/forensics/cron_entry/nightly_sync',
    link: 'Forensics of nightly_sync',
  },
  {
    id: 'audit',
    title: 'Find the same event in the audit log',
    text: html`It shows the actor, the reason, before and after, and a link back to the entry.`,
    href: '/ops/jobs/audit',
    link: 'Audit',
  },
  {
    id: 'jobs',
    title: 'Retry a mail that failed',
    text: html`On the jobs page, choose the state <b>discarded</b>: some order mails went to addresses that do not exist. Open one, read its
      error, and <b>Retry</b> it with a reason; the job shows the event.`,
    href: '/ops/jobs/list?state=discarded',
    link: 'Jobs',
  },
]

const bridge = ({ name, href }: NonNullable<ShopEngine['dashboard']>): Step => ({
  id: 'bridge',
  title: 'Open the bridge',
  text: html`The engine's own dashboard, for inspection only: nothing can be changed there, not even by an admin.`,
  href,
  link: name,
})

/** The steps, with those the signed-in user has completed, and what a real host provides in place of this one. */
export function walkthroughPage({ name, role }: Person, dashboard: ShopEngine['dashboard']): Html {
  return html`<h1>Example walkthrough</h1>
    <p class="lede">
      One change, made exactly once, with evidence that anyone can check afterwards. It takes five minutes. You are signed in as
      <b>${name}</b>${role === 'ops' ? '.' : html`, whose role <b>${role}</b> is read-only; step 3 needs <b>ops-demo</b>.`}
    </p>
    <p class="progress" id="progress" role="status">Checking what is already done …</p>
    <ol class="steps">
      ${stepsFor(dashboard).map(({ id, title, text, href, link }) => html`<li id="step-${id}" data-step="${id}">
        <div>
          <h2>${title} <span class="tick">to do</span></h2>
          <p>${text}</p>
          <p class="evidence"></p>
        </div>
        <a href="${href}">${link}</a>
      </li>`)}
    </ol>
    <section class="card">
      <h2>This host and yours</h2>
      <p class="quiet">The demo is a host like any other: it uses only what the package exports. The left column is made up for the demo; the right column is what you provide.</p>
      ${comparison(dashboard)}
    </section>`
}
