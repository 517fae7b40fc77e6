import { css, html, nothing } from 'lit'
import { property, query, state } from 'lit/decorators.js'
import type { JobLast, JobView } from '../../../schemas/job.ts'
import type { Problem } from '../../../schemas/problem.ts'
import { OpsElement } from '../../core/element.ts'
import { address } from '../../core/filter.ts'
import { problemOf } from '../../core/problem.ts'
import { element } from '../../core/register.ts'
import { t, tx } from '../../core/words.ts'
import { placeBy, popoverStyles } from '../../parts/popover.ts'
import { base } from '../../theme/base.ts'
import { apiFilters, type FilterValues, noFilters } from './filters.ts'

/**
 * Filters kept under a name, for this actor alone. Read when the list is opened.
 *
 * @tag ops-job-views
 * @fires ops-view - A view was chosen; the detail is its filters.
 */
@element('ops-job-views')
export class OpsJobViews extends OpsElement {
  static override styles = [
    base,
    popoverStyles,
    css`
      :host {
        display: inline-block;
        background: none;
      }
      [popover] {
        width: 300px;
        padding: 12px 16px;
      }
      li {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 8px;
        padding: 2px 0;
      }
      li a {
        flex: 1;
        padding: 4px 0;
        overflow-wrap: anywhere;
      }
      form {
        display: grid;
        gap: 6px;
        margin-top: 8px;
        padding-top: 10px;
        border-top: 1px solid var(--_line);
      }
      .pair {
        display: flex;
        gap: 6px;
      }
      .pair input {
        flex: 1;
        min-width: 0;
      }
      .remove {
        min-width: 30px;
        border: 0;
        border-radius: 6px;
        background: none;
        cursor: pointer;
      }
      .remove:hover {
        background: var(--_sunken);
      }
    `,
  ]

  @query('.button') private button!: HTMLButtonElement
  @query('[popover]') private list!: HTMLElement
  @query('#name') private nameField!: HTMLInputElement
  @state() private views?: JobView[]
  @state() private problem?: Problem

  @property({ attribute: false }) filters: FilterValues = noFilters
  @property() order = ''
  @property() last = ''

  protected override firstUpdated() {
    this.button.popoverTargetElement = this.list
  }

  override render() {
    return html`<button type="button" class="button" aria-haspopup="dialog">${t`Views`}</button>
      <div popover="auto" role="dialog" aria-label=${t`Saved views`} @toggle=${this.toggled}>
        ${this.problem ? html`<p class="small" role="alert">${tx(this.problem.title)}: ${this.problem.detail}</p>` : nothing}
        ${this.views?.length ? html`<ul>${this.views.map((view) => this.view(view))}</ul>` : html`<p class="muted">${this.views ? t`You have no saved views yet.` : t`Loading…`}</p>`}
        <form @submit=${this.submitted}>
          <label for="name" class="small muted">${t`Save these filters as`}</label>
          <div class="pair"><input id="name" required maxlength="100" autocomplete="off" list="names" /><button type="submit" class="button">${t`Save`}</button></div>
          <datalist id="names">${this.views?.map(({ name }) => html`<option value=${name}></option>`)}</datalist>
        </form>
      </div>`
  }

  private view({ name, filters }: JobView) {
    const href = `${this.base}${address({ path: '/list', query: filters })}`
    return html`<li>
      <a href=${href} @click=${(event: MouseEvent) => this.choose(event, filters)}><bdi>${name}</bdi></a>
      <button type="button" class="remove" aria-label=${t`Forget the view ${name}`} @click=${() => this.forget(name)}>×</button>
    </li>`
  }

  private choose(event: MouseEvent, filters: Record<string, string>) {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    this.list.hidePopover()
    this.dispatchEvent(new CustomEvent('ops-view', { detail: filters, bubbles: true }))
  }

  private async toggled(event: ToggleEvent) {
    if (event.newState !== 'open') return
    placeBy(this.button, this.list)
    await this.attempt(() => Promise.resolve())
    await this.updateComplete
    placeBy(this.button, this.list)
    this.list.querySelector<HTMLElement>('a, input')?.focus()
  }

  private readonly submitted = async (event: SubmitEvent) => {
    event.preventDefault()
    const name = this.nameField.value.trim()
    if (!name || !this.connection) return
    const { client } = this.connection
    const filters = { ...apiFilters(this.filters), ...(this.order === 'oldest' ? { order: 'oldest' as const } : {}), ...(this.last ? { last: this.last as JobLast } : {}) }
    if (await this.attempt(() => client.saveJobView({ params: { name }, body: { filters } }))) this.nameField.value = ''
  }

  private forget(name: string) {
    return this.attempt(() => this.connection!.client.deleteJobView({ params: { name } }))
  }

  /** Does it and reads the list again; a refusal stands above the list. */
  private async attempt(act: () => Promise<unknown>): Promise<boolean> {
    try {
      await act()
      this.views = (await this.connection?.client.listJobViews())?.items ?? []
      this.problem = undefined
      return true
    } catch (error) {
      this.problem = problemOf(error)
      return false
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-job-views': OpsJobViews
  }
}
