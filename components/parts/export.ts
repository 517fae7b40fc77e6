import { css, html, LitElement, nothing } from 'lit'
import { property, state } from 'lit/decorators.js'
import type { Session } from '../../schemas/actor.ts'
import { ApiError } from '../../schemas/calls.ts'
import type { Problem } from '../../schemas/problem.ts'
import type { Connection } from '../core/connection.ts'
import { problemOf } from '../core/problem.ts'
import { element } from '../core/register.ts'
import { t, texts, tx } from '../core/words.ts'
import { fileName, saveFile } from './download.ts'
import { base } from '../theme/base.ts'

type Format = 'csv' | 'ndjson' | 'json' | 'markdown'

const labels: Record<Format, string> = texts({ csv: 'Export CSV', ndjson: 'Export NDJSON', json: 'Export JSON', markdown: 'Export Markdown' })

/**
 * Two ways to take what is listed away. A plain link streams to disk; with a host's own `fetch` the file passes
 * through the page, because a link would go without its token.
 *
 * @tag ops-export
 */
@element('ops-export')
export class OpsExport extends LitElement {
  static override styles = [
    base,
    css`
      :host {
        background: none;
      }
    `,
  ]

  @state() private busy = false
  @state() private problem?: Problem

  @property({ attribute: false }) connection?: Connection
  @property() endpoint: 'exportAuditEvents' | 'exportJobs' | 'exportBulkItems' | 'exportForensics' = 'exportAuditEvents'
  @property({ attribute: false }) formats: Format[] = ['csv', 'ndjson']
  /** Parameters of the endpoint's path. */
  @property({ attribute: false }) params: Record<string, string> = {}
  @property({ attribute: false }) filters: Record<string, unknown> = {}
  /** The default file name, if the server does not send one. */
  @property() name = 'export'
  @property({ attribute: false }) session?: Session

  override render() {
    return html`<span role="group" aria-label=${t`Export what is shown`} title=${t`The export is itself recorded.`}>
        ${this.formats.map((format) => html`${this.way(format, tx(labels[format]))} `)}
      </span>
      ${this.refused ? html`<span class="muted small" id="refused">${t`Your account cannot be named in evidence, so it may not export.`}</span>` : nothing}
      ${this.problem ? html`<span class="small" role="alert"><b>${t`Not exported.`}</b> ${tx(this.problem.title)}: ${this.problem.detail}</span>` : nothing}`
  }

  /** An export is recorded, so the actor must be identifiable. */
  private get refused(): boolean {
    return this.session !== undefined && !this.session.actor
  }

  private way(format: Format, label: string) {
    const { connection } = this
    if (!connection || this.refused) return html`<button type="button" class="button" disabled aria-describedby="refused">${label}</button>`
    const href = connection.client.url(this.endpoint, { params: this.params, query: { format, ...this.filters } })
    if (!connection.fetch) return html`<a class="button" href=${href} download>${label}</a>`
    return html`<button type="button" class="button" ?disabled=${this.busy} @click=${() => this.fetchFile(connection.fetch!, href, format)}>${label}</button>`
  }

  private async fetchFile(send: typeof fetch, href: string, format: Format) {
    this.busy = true
    this.problem = undefined
    try {
      const response = await send(href, { credentials: 'same-origin' })
      if (!response.ok) throw new ApiError((await response.json()) as Problem)
      saveFile(await response.blob(), fileName(response, `${this.name}.${format}`))
    } catch (error) {
      this.problem = problemOf(error)
    }
    this.busy = false
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-export': OpsExport
  }
}
