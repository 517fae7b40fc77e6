import { css, html, LitElement } from 'lit'
import { property, query } from 'lit/decorators.js'
import { element } from '../../core/register.ts'
import { t } from '../../core/words.ts'
import { placeBy, popoverStyles } from '../../parts/popover.ts'
import { base } from '../../theme/base.ts'
import { type ColumnName, columns } from './columns.ts'
import type { Preferences } from './preferences.ts'

/**
 * Which columns the table has and how close its rows stand. Kept in this browser.
 *
 * @tag ops-view-options
 */
@element('ops-view-options')
export class OpsViewOptions extends LitElement {
  static override styles = [
    base,
    popoverStyles,
    css`
      :host {
        display: inline-block;
        background: none;
      }
      [popover] {
        padding: 12px 16px;
      }
      fieldset {
        display: grid;
        gap: 2px;
        margin: 0 0 10px;
        padding: 0;
        border: 0;
      }
      fieldset:last-child {
        margin: 0;
      }
      legend {
        padding: 0 0 4px;
        font-size: 12px;
        color: var(--_muted);
      }
      label {
        display: flex;
        align-items: center;
        gap: 8px;
        min-height: 28px;
        cursor: pointer;
      }
      input {
        min-height: 0;
        margin: 0;
        accent-color: var(--_accent);
      }
      @media (pointer: coarse) {
        label {
          min-height: 40px;
        }
      }
    `,
  ]

  @query('.button') private button!: HTMLButtonElement
  @query('[popover]') private list!: HTMLElement

  @property({ attribute: false }) preferences: Preferences = { columns: [], dense: true, exact: false }
  @property({ attribute: false }) keep: (preferences: Preferences) => void = () => undefined

  protected override firstUpdated() {
    this.button.popoverTargetElement = this.list
  }

  override render() {
    const { dense, exact } = this.preferences
    return html`<button type="button" class="button" aria-haspopup="dialog">${t`Columns`}</button>
      <div popover="auto" role="dialog" aria-label=${t`How the table is shown`} @toggle=${this.toggled}>
        <fieldset>
          <legend>${t`Columns`}</legend>
          ${(Object.keys(columns) as ColumnName[]).map((name) => this.column(name))}
        </fieldset>
        <fieldset>
          <legend>${t`Rows`}</legend>
          ${this.choice('density', t`Comfortable`, !dense, { dense: false })} ${this.choice('density', t`Compact`, dense, { dense: true })}
        </fieldset>
        <fieldset>
          <legend>${t`Times`}</legend>
          ${this.choice('times', t`How long ago`, !exact, { exact: false })} ${this.choice('times', t`Date and time`, exact, { exact: true })}
        </fieldset>
      </div>`
  }

  private column(name: ColumnName) {
    const { columns: chosen } = this.preferences
    const change = (event: Event) => {
      const wanted = new Set(chosen)
      if ((event.target as HTMLInputElement).checked) wanted.add(name)
      else wanted.delete(name)
      const inOrder = (Object.keys(columns) as ColumnName[]).filter((each) => wanted.has(each))
      this.keep({ ...this.preferences, columns: inOrder })
    }
    return html`<label><input type="checkbox" .checked=${chosen.includes(name)} @change=${change} />${columns[name].title()}</label>`
  }

  private choice(name: string, label: string, checked: boolean, change: Partial<Preferences>) {
    return html`<label><input type="radio" name=${name} .checked=${checked} @change=${() => this.keep({ ...this.preferences, ...change })} />${label}</label>`
  }

  private toggled(event: ToggleEvent) {
    if (event.newState !== 'open') return
    placeBy(this.button, this.list)
    this.list.querySelector('input')?.focus()
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-view-options': OpsViewOptions
  }
}
