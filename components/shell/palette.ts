import { html, nothing } from 'lit'
import { query, state } from 'lit/decorators.js'
import { OpsElement } from '../core/element.ts'
import { Keys } from '../core/keys.ts'
import { pathTo } from '../core/path-to.ts'
import { element } from '../core/register.ts'
import { t, tr } from '../core/words.ts'
import { chipStyles, statusChip } from '../parts/chip.ts'
import '../parts/confirm.ts'
import type { BulkDetail, OpsConfirm } from '../parts/confirm.ts'
import { stateChip } from '../parts/job-state.ts'
import { keycaps, keycapStyles } from '../parts/keycap.ts'
import { base } from '../theme/base.ts'
import { contains, type Found, type Option, pageOptions, sources } from './palette-options.ts'
import { paletteStyles } from './palette-styles.ts'
import { recentChoices, rememberChoice } from './recent.ts'

/** Shorter than a pause in typing, so that a word is one search. */
const typingMs = 180

/** An operation before the name of its subject: `pause nightly`. */
const deed = /^(retry|pause|resume|stop|run|cancel|acknowledge)\s+(?=\S)/i

/** Opens the palette inside the root of the shell; it stays there, with the dialog that it opens. */
export function openPalette(root: ShadowRoot): void {
  let palette = root.querySelector('ops-palette')
  if (!palette) root.append((palette = document.createElement('ops-palette')))
  void palette.open()
}

interface Group {
  title: string
  options: Option[]
}

/**
 * Finds pages, queues, cron entries, errors, incidents and jobs, and what can be done with them. Nothing changes from here: an
 * operation opens its preview.
 *
 * @tag ops-palette
 */
@element('ops-palette')
export class OpsPalette extends OpsElement {
  static override styles = [base, chipStyles, keycapStyles, paletteStyles]

  @query('dialog') private dialog!: HTMLDialogElement
  @query('input') private field!: HTMLInputElement
  @query('ops-confirm') private confirm!: OpsConfirm
  @state() private text = ''
  @state() private found: Found = { does: [], places: [], jobs: [] }
  @state() private chosen = 0
  @state() private searching = false
  @state() private unanswered = false

  /** Enter was pressed before the answer came: it means the first of what is found. */
  private entered?: { newTab: boolean }
  private typing?: ReturnType<typeof setTimeout>
  private search?: AbortController

  protected readonly keys = new Keys(this, () => (this.dialog?.open ? [{ keys: 'Mod+K', label: t`Find or do`, run: () => this.dialog.close() }] : []), { only: () => this.dialog?.open })

  async open(): Promise<void> {
    await this.updateComplete
    if (!this.dialog.open) this.dialog.showModal()
    this.field.select()
    this.look()
  }

  override render() {
    const groups = this.groups()
    const options = groups.flatMap((group) => group.options)
    const active = options[this.chosen] ? `option-${this.chosen}` : nothing
    let index = 0
    return html`<dialog aria-label=${t`Find or do`} @click=${this.handleBackdrop}>
        <div class="asked">
          <input
            type="text" role="combobox" autocomplete="off" spellcheck="false" enterkeyhint="go" aria-label=${t`Find or do`} aria-expanded="true" aria-controls="found"
            aria-activedescendant=${active} placeholder=${t`A page, queue, cron entry, error, incident or job`} @input=${this.handleInput} @keydown=${this.handleKey} />
          <button type="button" class="close" @click=${() => this.dialog.close()}>${keycaps('Escape')}<span class="hidden-text">${t`Close`}</span></button>
        </div>
        <div id="found" role="listbox" aria-label=${t`Found`} aria-busy=${this.searching}>
          ${groups.map((group) => this.group(group, () => index++))}
          ${options.length === 0 && !this.searching ? html`<p class="quiet">${this.unanswered ? t`The server does not answer. Try again in a moment.` : t`Nothing that you may see has this in its name.`}</p>` : nothing}
        </div>
        <p class="hidden-text" role="status">${this.searching ? nothing : t`${options.length} found`}</p>
        <div class="foot">
          <span class="by-key">${tr`${keycaps('ArrowUp')} ${keycaps('ArrowDown')} choose`}</span>
          <span class="by-key">${tr`${keycaps('Enter')} open or preview`}</span>
          <span class="by-key">${tr`${keycaps('Mod+Enter')} in a new tab`}</span>
          <span>${t`Nothing changes before its preview`}</span>
        </div>
      </dialog>
      <ops-confirm @ops-bulk=${this.follow}></ops-confirm>`
  }

  /** The groups with something in them, in the order in which they are shown. */
  private groups(): Group[] {
    const { text, session, found } = this
    if (!session) return []
    const pages = pageOptions({ text, session, base: this.base })
    if (!text.trim()) return [{ title: t`Recent`, options: recentChoices(this.base) }, { title: t`Go to`, options: pages }].filter(({ options }) => options.length > 0)
    return [
      { title: t`Do`, options: found.does },
      { title: t`Go to`, options: [...pages, ...found.places] },
      { title: t`Jobs`, options: found.jobs },
    ].filter(({ options }) => options.length > 0)
  }

  private group({ title, options }: Group, next: () => number) {
    return html`<div role="group" aria-label=${title}>
      <div class="group" aria-hidden="true">${title}</div>
      ${options.map((option) => this.option(option, next()))}
    </div>`
  }

  private option(option: Option, index: number) {
    const { label, aside, refused, error, status, state: jobState, keys, ask } = option
    const look = `${refused ? 'refused' : ''} ${error ? 'error' : ''}`
    return html`<div id="option-${index}" role="option" class=${look} aria-selected=${index === this.chosen} aria-disabled=${refused && !option.href ? 'true' : nothing}
      @click=${(event: MouseEvent) => this.take(option, event.ctrlKey || event.metaKey)} @pointermove=${() => (this.chosen = index)}>
      <bdi class="name">${this.marked(label)}</bdi>
      <span class="aside">${refused ? (option.href ? t`${refused} See what you can do.` : refused) : aside}</span>
      <span class="end ${ask ? 'deed' : keys ? 'by-key' : ''}">${status ? statusChip(status) : jobState ? stateChip(jobState) : keys ? keycaps(keys) : ask && !refused ? t`Audited action` : nothing}</span>
    </div>`
  }

  /** The label with what was typed in bold. */
  private marked(label: string) {
    const typed = this.text.replace(deed, '').trim()
    const at = typed ? label.toLowerCase().indexOf(typed.toLowerCase()) : -1
    return at < 0 ? label : html`${label.slice(0, at)}<b>${label.slice(at, at + typed.length)}</b>${label.slice(at + typed.length)}`
  }

  private handleInput() {
    this.text = this.field.value
    this.chosen = 0
    this.entered = undefined
    this.searching = this.text.trim() !== ''
    clearTimeout(this.typing)
    this.typing = setTimeout(() => this.look(), typingMs)
  }

  /** Asks every source, and shows what each answers as it comes. */
  private look() {
    this.search?.abort()
    const { connection, session, base } = this
    const text = this.text.replace(deed, '').trim()
    const verb = deed.exec(this.text)?.[1] ?? ''
    if (!connection || !session || !text) {
      this.searching = false
      return
    }
    const search = (this.search = new AbortController())
    const answers: Partial<Found>[] = []
    const sought = { text, connection, session, base, signal: search.signal }
    let refused = 0
    const asked = sources.map(async (source, index) => {
      try {
        answers[index] = await source(sought)
      } catch {
        refused += 1
      }
    })
    void Promise.all(asked).then(() => {
      if (search.signal.aborted) return
      this.searching = false
      this.unanswered = refused === sources.length
      const found = joined(answers, verb)
      this.found = { ...found, does: found.does.filter(({ ask }) => !ask || this.offersAction(ask.action)) }
      const [option] = this.groups().flatMap((group) => group.options)
      if (this.entered && option) this.take(option, this.entered.newTab)
      this.entered = undefined
    })
  }

  private handleKey(event: KeyboardEvent) {
    const options = this.groups().flatMap((group) => group.options)
    const last = options.length - 1
    const to = { ArrowDown: this.chosen < last ? this.chosen + 1 : 0, ArrowUp: this.chosen > 0 ? this.chosen - 1 : last }[event.key]
    if (to !== undefined) {
      event.preventDefault()
      this.chosen = to
      void this.updateComplete.then(() => this.renderRoot.querySelector(`#option-${to}`)?.scrollIntoView({ block: 'nearest' }))
    }
    const option = options[this.chosen]
    if (event.key !== 'Enter' || event.isComposing) return
    event.preventDefault()
    const newTab = event.ctrlKey || event.metaKey
    if (this.searching) this.entered = { newTab }
    else if (option) this.take(option, newTab)
  }

  private take({ label, href, ask, refused }: Option, newTab: boolean) {
    if (ask && !refused) {
      this.dialog.close()
      void this.confirm.open(ask)
      return
    }
    if (!href) return
    if (!ask) rememberChoice({ label, href })
    if (newTab) {
      window.open(this.addressOf(href), '_blank', 'noopener')
      return
    }
    this.dialog.close()
    if (this.goTo(href)) location.assign(this.addressOf(href))
  }

  /** What becomes of many jobs is shown on the page of jobs. */
  private follow({ detail }: CustomEvent<BulkDetail>) {
    const href = this.base + pathTo('jobs', { bulk: detail.id })
    if (this.goTo(href)) location.assign(this.addressOf(href))
  }

  private handleBackdrop(event: MouseEvent) {
    if (event.target === this.dialog) this.dialog.close()
  }
}

function joined(answers: readonly (Partial<Found> | undefined)[], verb: string): Found {
  const all = (pick: keyof Found) => answers.flatMap((answer) => answer?.[pick] ?? [])
  const jobs = new Map(all('jobs').map((option) => [option.href, option]))
  return { does: all('does').filter(({ label }) => contains(label, verb)), places: all('places'), jobs: [...jobs.values()] }
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-palette': OpsPalette
  }
}
