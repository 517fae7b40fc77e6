import { html, LitElement, nothing, type PropertyValues } from 'lit'
import { property, query, state } from 'lit/decorators.js'
import { Keys } from '../core/keys.ts'
import { later } from '../core/later.ts'
import { element } from '../core/register.ts'
import { t } from '../core/words.ts'
import { base } from '../theme/base.ts'
import type { Completion } from './search-completion.ts'
import { searchStyles } from './search-styles.ts'
import { parseSearch, sameFilter, type SearchFilter, type SearchKey, withFilters, writeSearch } from './search-text.ts'

export type { SearchFilter, SearchKey, SearchOffer } from './search-text.ts'

const loadCompletion = later(() => import('./search-completion.ts'))

/** Long enough to type on, short enough to feel immediate. */
const typingMs = 250

/** Detail of `ops-search`. */
export interface SearchDetail {
  filters: SearchFilter[]
}

/**
 * A search field with typed conditions: `queue:mail −state:completed timeout`. Each finished condition is a chip; what is being
 * typed applies as soon as it makes sense. The page gives the keys and gets back the filters.
 *
 * Enter finishes what is typed, Tab completes it, the arrow keys go through the completions, Backspace at the start takes the last
 * chip back into the text, Escape closes the list and then empties the text.
 *
 * @tag ops-search
 * @fires ops-search - What is searched for has changed; the detail is `{ filters }`.
 * @slot end - Controls at the end of the bar, e.g. a range.
 * @csspart search - The bar.
 * @csspart token - One condition.
 */
@element('ops-search')
export class OpsSearch extends LitElement {
  static override styles = [base, searchStyles]
  static override shadowRootOptions = { ...LitElement.shadowRootOptions, delegatesFocus: true }

  @query('input') private field!: HTMLInputElement
  @state() private text = ''
  @state() private complaint = ''
  @state() private completion?: Completion
  /** Finished conditions; what is being typed is not among them. */
  @state() private chips: SearchFilter[] = []

  /** What can be searched for. */
  @property({ attribute: false }) keys: SearchKey[] = []
  /** What is searched for, as the page has it. */
  @property({ attribute: false }) filters: SearchFilter[] = []
  /** Accessible name, e.g. `Search jobs`. */
  @property() label = ''
  @property() placeholder = ''
  /** The key that leads here, e.g. `/`; empty for none. */
  @property() hotkey = ''

  /** Typed, applied and not finished yet. */
  private pending: SearchFilter[] = []
  private typing?: ReturnType<typeof setTimeout>

  protected readonly declared = new Keys(this, () => (this.hotkey ? [{ keys: this.hotkey, label: this.label || t`Search`, run: () => this.field.focus() }] : []))

  override disconnectedCallback() {
    super.disconnectedCallback()
    clearTimeout(this.typing)
    this.completion?.stop()
    this.completion = undefined
  }

  protected override willUpdate(changed: PropertyValues) {
    if (!changed.has('filters')) return
    const stillThere = this.pending.every((filter) => this.filters.some((each) => sameFilter(each, filter)))
    // The page has dropped what is being typed, e.g. because everything was cleared.
    if (!stillThere) Object.assign(this, { text: '', pending: [] })
    this.chips = this.filters.filter((filter) => !this.pending.some((each) => sameFilter(each, filter)))
  }

  override render() {
    const { completion } = this
    return html`<div class="search" part="search" role="search" @click=${this.clicked} @focusout=${this.left}>
        <svg class="glass" viewBox="0 0 16 16" aria-hidden="true"><circle cx="7" cy="7" r="4.5" /><path d="M10.5 10.5 14 14" /></svg>
        <span class="tokens">
          ${this.chips.map((chip, index) => this.chip(chip, index))}
          <input
            type="text"
            role="combobox"
            aria-label=${this.label}
            aria-autocomplete="list"
            aria-expanded=${completion?.open ? 'true' : 'false'}
            aria-controls=${completion?.open ? 'offers' : nothing}
            aria-activedescendant=${completion?.active ?? nothing}
            aria-invalid=${this.complaint ? 'true' : nothing}
            aria-describedby=${this.complaint ? 'complaint' : nothing}
            autocomplete="off"
            autocapitalize="off"
            spellcheck="false"
            maxlength="4000"
            placeholder=${this.chips.length ? '' : this.placeholder}
            .value=${this.text}
            @input=${this.typed}
            @keydown=${this.pressed}
          />
        </span>
        <slot name="end"></slot>
        ${this.hotkey ? html`<kbd aria-hidden="true">${this.hotkey}</kbd>` : nothing}
      </div>
      ${completion?.render() ?? nothing}
      <p class="complaint" id="complaint" role="alert">${this.complaint}</p>`
  }

  private chip(filter: SearchFilter, index: number) {
    const { key, path, value, without, label } = filter
    const name = key && `${without ? '−' : ''}${key}${path ? `.${path}` : ''}:`
    return html`<span class="token" part="token">
      <button type="button" class="edit" aria-label=${t`Change ${writeSearch(filter)}`} @click=${() => this.edit(index)}>
        ${name ? html`<bdi class="key">${name}</bdi>` : nothing} <bdi class="value" title=${label ?? value}>${label ?? value}</bdi>
      </button>
      <button type="button" class="remove" aria-label=${t`Remove ${writeSearch(filter)}`} @click=${() => this.takeOff(index)}>×</button>
    </span>`
  }

  private readonly clicked = (event: Event) => {
    const onControl = event.composedPath().some((node) => node instanceof HTMLElement && node.matches('button, slot'))
    if (onControl) return
    this.field.focus()
    void this.offer()
  }

  private readonly typed = () => {
    this.text = this.field.value
    this.complaint = ''
    clearTimeout(this.typing)
    this.typing = setTimeout(this.applyTyped, typingMs)
    void this.offer()
  }

  /** What makes sense before it is finished: words, and conditions that look for part of a text. */
  private readonly applyTyped = () => {
    const { filters, last } = parseSearch(this.text, this.keys)
    const open = last && this.kindOf(last.key) === 'word'
    const half = !last && this.beginsKey(this.text)
    const applied = filters.filter((filter) => !(half && filter.key === '') && !(open && sameFilter(filter, { ...last, value: last.value })) && !this.complaintAbout(filter))
    if (applied.length === this.pending.length && applied.every((filter, index) => sameFilter(filter, this.pending[index]!))) return
    this.pending = applied
    this.publish(withFilters(this.chips, applied, this.keys))
  }

  /** Makes chips of what is typed. False if something is wrong with it. */
  private finish(): boolean {
    clearTimeout(this.typing)
    const { filters } = parseSearch(this.text, this.keys)
    this.complaint = filters.map((filter) => this.complaintAbout(filter)).find(Boolean) ?? ''
    if (this.complaint) return false
    this.put(filters)
    return true
  }

  private put(filters: SearchFilter[]) {
    const next = withFilters(this.chips, filters, this.keys)
    Object.assign(this, { text: '', pending: [], chips: next })
    this.field.value = ''
    this.completion?.close()
    this.publish(next)
  }

  private edit(index: number) {
    const chip = this.chips[index]!
    if (this.text.trim() && !this.finish()) return
    this.chips = this.chips.filter((each) => each !== chip)
    this.text = writeSearch(chip)
    this.pending = [chip]
    void this.updateComplete.then(() => {
      this.field.focus()
      this.field.setSelectionRange(this.text.length, this.text.length)
      void this.offer()
    })
  }

  private takeOff(index: number) {
    this.chips = this.chips.filter((_, each) => each !== index)
    this.publish([...this.chips, ...this.pending])
    this.field.focus()
  }

  private publish(filters: SearchFilter[]) {
    if (filters.length === this.filters.length && filters.every((filter, index) => sameFilter(filter, this.filters[index]!))) return
    this.filters = filters
    this.dispatchEvent(new CustomEvent<SearchDetail>('ops-search', { detail: { filters }, bubbles: true }))
  }

  private async offer() {
    if (!this.completion) {
      const { Completion } = await loadCompletion().catch(() => ({ Completion: undefined }))
      // Without its list the field still takes what is typed.
      if (!Completion || !this.isConnected) return
      this.completion ??= new Completion({
        keys: () => this.keys,
        changed: () => this.requestUpdate(),
        complete: (text) => this.continueWith(text),
        choose: (filter) => this.choose(filter),
      })
    }
    this.style.setProperty('--_offset', `${this.field.offsetLeft}px`)
    this.completion.show(this.text)
  }

  /** A key or a path was chosen; its value comes next. */
  private continueWith(text: string) {
    this.text = text
    this.field.value = text
    this.field.focus()
    this.typed()
  }

  /** A condition was chosen; it replaces what the text ends with. */
  private choose(filter: SearchFilter) {
    const { filters, last } = parseSearch(this.text, this.keys)
    const earlier = filter.key === '' ? [] : filters.filter((each) => each.key !== '' && !(last && sameFilter(each, last)))
    this.complaint = this.complaintAbout(filter)
    if (this.complaint) return
    clearTimeout(this.typing)
    this.put([...earlier, filter])
    this.field.focus()
  }

  private readonly pressed = (event: KeyboardEvent) => {
    const { completion, field } = this
    if (event.isComposing) return
    if (event.key === 'ArrowDown' && !completion?.open) void this.offer()
    else if (completion?.open && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) completion.move(event.key === 'ArrowDown' ? 1 : -1)
    else if (event.key === 'Enter' && completion?.take()) this.field.focus()
    else if (event.key === 'Enter') this.finish()
    else if (event.key === 'Tab' && !event.shiftKey && this.text && completion?.open && completion.takeFirst()) return event.preventDefault()
    else if (event.key === 'Backspace' && this.chips.length > 0 && field.selectionStart === 0 && field.selectionEnd === 0 && !this.text) this.edit(this.chips.length - 1)
    else if (event.key === 'Escape' && completion?.open) completion.close()
    else if (event.key === 'Escape' && this.text) this.empty()
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  private empty() {
    clearTimeout(this.typing)
    Object.assign(this, { text: '', pending: [], complaint: '' })
    this.publish(this.chips)
  }

  /** What was typed is not lost when the field is left. */
  private readonly left = (event: FocusEvent) => {
    const to = event.relatedTarget as Node | null
    if (to && this.renderRoot.contains(to)) return
    this.completion?.close()
    if (this.text.trim()) this.finish()
  }

  private kindOf(name: string) {
    return this.keys.find((key) => key.name === name)?.kind
  }

  private beginsKey(text: string): boolean {
    const typed = text.trim().replace(/^[-−–]/, '')
    return typed !== '' && this.keys.some(({ name, path }) => name !== '' && (`${name}:`.startsWith(typed) || (path && typed.startsWith(`${name}.`))))
  }

  private complaintAbout(filter: SearchFilter): string {
    return this.keys.find((key) => key.name === filter.key)?.complain?.(filter) ?? ''
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-search': OpsSearch
  }
}
