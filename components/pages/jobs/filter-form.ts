import { css, html, nothing } from 'lit'
import { property } from 'lit/decorators.js'
import { live } from 'lit/directives/live.js'
import { OpsElement } from '../../core/element.ts'
import { element } from '../../core/register.ts'
import { instantFilter } from '../../parts/instant-filter.ts'
import { base } from '../../theme/base.ts'
import { complaintAbout, type FilterName, filterNames, filters, type FilterValues, noFilters } from './filters.ts'
import { Hints } from './hints.ts'

interface TextFilter {
  label: string
  max: number
  hinted?: boolean
}

const notHere = 'not on this engine'

const usual: FilterName[] = ['queue', 'error', 'worker', 'tag', 'jobId']
/** All others, behind the fold. The states have their own tabs. */
const rarer = filterNames.filter((name) => name !== 'state' && !usual.includes(name))

/**
 * What to look for. Each field applies when it is left, chosen or confirmed with Enter.
 *
 * @tag ops-job-filters
 */
@element('ops-job-filters')
export class OpsJobFilters extends OpsElement {
  static override styles = [
    base,
    css`
      :host {
        margin-bottom: 10px;
        background: none;
      }
      .filters {
        display: grid;
        gap: 4px;
        padding: 12px 16px 8px;
      }
      .fields {
        display: grid;
        grid-template-columns: repeat(5, minmax(0, 1fr));
        gap: 8px 12px;
      }
      .fields.rarer {
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 210px), 1fr));
        padding-block: 8px 4px;
      }
      .half {
        color: var(--_review);
        font-size: 12px;
      }
      .filters label {
        margin-bottom: 2px;
        overflow: hidden;
        font-size: 12px;
        color: var(--_muted);
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .filters :is(input, select) {
        width: 100%;
      }
      .filters summary {
        width: max-content;
        padding-block: 4px;
        font-size: 13px;
        color: var(--_accent);
        cursor: pointer;
      }
      @container ops-page (max-width: 860px) {
        .fields,
        .fields.rarer {
          grid-template-columns: repeat(2, minmax(0, 1fr));
        }
        .field.instant {
          grid-column: 1 / -1;
        }
        /* Where there is little room, two fields stand open and the rest behind the same fold. */
        .filters:not(:has(details[open])) .field:nth-child(n + 3) {
          display: none;
        }
      }
      @media (pointer: coarse) {
        .filters summary {
          padding-block: 10px;
        }
      }
    `,
  ]

  @property({ attribute: false }) values: FilterValues = noFilters
  /** What this engine cannot look for, with the reason. */
  @property({ attribute: false }) lacks: Record<string, string> = {}
  @property({ attribute: false }) change: (change: Partial<FilterValues>) => void = () => undefined

  private readonly hints = new Hints(this, () => this.connection)

  override render() {
    return html`<form class="filters card" role="search" aria-label="Filter the jobs" part="filters" @submit=${(event: Event) => event.preventDefault()}>
      <div class="fields">${usual.map(this.field)}</div>
      <details ?open=${rarer.some((name) => this.values[name])}>
        <summary>More filters</summary>
        <div class="fields rarer">${rarer.map(this.field)}</div>
      </details>
    </form>`
  }

  /** Empties the fields, also those that were typed into and not applied yet. */
  reset(): void {
    this.renderRoot.querySelector('form')?.reset()
    this.requestUpdate()
  }

  private readonly field = (name: FilterName) => {
    const { kind } = filters[name]
    return kind === 'object' ? this.argsField() : kind === 'choice' ? this.timeField() : kind === 'instant' ? this.instantField(name) : this.textField(name, filters[name] as TextFilter)
  }

  private textField(name: FilterName, { label, max, hinted }: TextFilter) {
    const lacking = this.lacks[`filter_${name}`]
    const offer = (event: Event) => hinted && this.hints.ask(name as 'queue', (event.target as HTMLInputElement).value.trim())
    return html`<div class="field">
      <label for=${name}>${label}</label>
      <input
        id=${name}
        maxlength=${max}
        list=${hinted ? `${name}-offers` : nothing}
        autocomplete="off"
        spellcheck="false"
        ?disabled=${Boolean(lacking)}
        placeholder=${lacking ? notHere : nothing}
        title=${lacking ?? nothing}
        aria-describedby=${lacking ? `${name}-lacks` : nothing}
        .value=${live(this.values[name])}
        @focus=${offer}
        @input=${offer}
        @change=${(event: Event) => this.change({ [name]: (event.target as HTMLInputElement).value.trim() })}
      />
      ${hinted ? html`<datalist id="${name}-offers">${(this.hints.known[name] ?? []).map((hint) => html`<option value=${hint}></option>`)}</datalist>` : nothing}
      ${lacking ? html`<span class="hidden-text" id="${name}-lacks">${lacking}</span>` : nothing}
    </div>`
  }

  /** A text that is no JSON object is kept where it stands, with what is wrong with it; only one that makes sense filters. */
  private argsField() {
    const lacking = this.lacks.filter_args
    const changed = (event: Event) => {
      const field = event.target as HTMLInputElement
      const args = field.value.trim()
      field.setCustomValidity(complaintAbout(args))
      if (field.reportValidity()) this.change({ args })
    }
    return html`<div class="field">
      <label for="args">${filters.args.label} <span class="muted">(JSON)</span></label>
      <input
        id="args"
        class="mono"
        maxlength=${filters.args.max}
        autocomplete="off"
        spellcheck="false"
        placeholder=${lacking ? notHere : '{"orderId":1}'}
        ?disabled=${Boolean(lacking)}
        title=${lacking ?? nothing}
        .value=${this.values.args}
        @input=${(event: Event) => (event.target as HTMLInputElement).setCustomValidity('')}
        @change=${changed}
      />
    </div>`
  }

  private timeField() {
    return html`<div class="field">
      <label for="time">${filters.time.label}</label>
      <select id="time" @change=${(event: Event) => this.change({ time: (event.target as HTMLSelectElement).value })}>
        ${filters.time.choices.map((word) => html`<option value=${word} ?selected=${word === (this.values.time || 'created')}>${word}</option>`)}
      </select>
    </div>`
  }

  private instantField(name: FilterName) {
    return instantFilter({ name, label: filters[name].label, value: this.values[name], change: (value) => this.change({ [name]: value }) })
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-job-filters': OpsJobFilters
  }
}
