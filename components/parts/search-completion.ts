import { html, nothing, type TemplateResult } from 'lit'
import { t } from '../core/words.ts'
import { parseSearch, type SearchFilter, type SearchKey, type SearchOffer } from './search-text.ts'

interface Choice {
  /** Bold part first: what is typed already. */
  label: string
  typed?: string
  note?: string
  take: () => void
}

interface Group {
  title: string
  choices: Choice[]
}

export interface Completes {
  keys: () => readonly SearchKey[]
  changed: () => void
  /** Goes on with this text. */
  complete: (text: string) => void
  choose: (filter: SearchFilter) => void
}

const typingMs = 120
const maxChoices = 12

/** The list below a search bar: keys, paths and values that fit what is typed, and always the plain words. */
export class Completion {
  open = false
  /** Id of the highlighted option; none until the reader moves to one. */
  active?: string
  private text = ''
  private groups: Group[] = []
  private loading = false
  private run?: AbortController
  private timer?: ReturnType<typeof setTimeout>
  private readonly to: Completes

  constructor(to: Completes) {
    this.to = to
  }

  show(text: string): void {
    Object.assign(this, { text, open: true, active: undefined })
    this.stop()
    const run = (this.run = new AbortController())
    const ask = this.questionFor(text, run.signal)
    this.loading = ask !== undefined
    this.groups = this.withWords(this.keyGroups(text))
    if (ask) this.timer = setTimeout(() => void this.load(ask, run), typingMs)
    this.to.changed()
  }

  close(): void {
    this.stop()
    Object.assign(this, { open: false, active: undefined })
    this.to.changed()
  }

  stop(): void {
    clearTimeout(this.timer)
    this.run?.abort()
  }

  move(step: 1 | -1): void {
    const { length } = this.choices
    if (length === 0) return
    const at = this.active === undefined ? (step === 1 ? -1 : 0) : Number(this.active.slice('offer-'.length))
    this.active = `offer-${(at + step + length) % length}`
    this.to.changed()
  }

  /** Takes the highlighted option, if there is one. */
  take(): boolean {
    const choice = this.active === undefined ? undefined : this.choices[Number(this.active.slice('offer-'.length))]
    choice?.take()
    return choice !== undefined
  }

  /** Takes the highlighted option, or else the first that completes what is typed. */
  takeFirst(): boolean {
    if (this.take()) return true
    const first = this.groups.find(({ title }) => title !== this.wordsTitle)?.choices[0]
    first?.take()
    return first !== undefined
  }

  render(): TemplateResult | typeof nothing {
    if (!this.open || (this.choices.length === 0 && !this.loading)) return nothing
    let index = 0
    return html`<div class="offers" @pointerdown=${(event: Event) => event.preventDefault()}>
      <div role="listbox" id="offers" aria-label=${t`Completions`} aria-busy=${this.loading}>
        ${this.groups.map(
          ({ title, choices }, group) => html`<div role="group" aria-labelledby="group-${group}">
            <div class="group" id="group-${group}" role="presentation">${title}</div>
            ${choices.map((choice) => this.option(choice, index++))}
          </div>`,
        )}
        ${this.loading ? html`<div class="group" role="option" aria-disabled="true" aria-selected="false">${t`Loading…`}</div>` : nothing}
      </div>
      <div class="foot" aria-hidden="true">
        <span><kbd>Tab</kbd> ${t`complete the word`}</span>
        ${this.to.keys().some(({ excludes }) => excludes) ? html`<span><kbd>−</kbd> ${t`before a key leaves it out`}</span>` : nothing}
      </div>
    </div>`
  }

  private option({ label, typed = '', note, take }: Choice, index: number) {
    const id = `offer-${index}`
    const begins = typed !== '' && label.toLowerCase().startsWith(typed.toLowerCase())
    return html`<div role="option" id=${id} class="offer" aria-selected=${id === this.active ? 'true' : 'false'} @click=${take}>
      <bdi class="what">${begins ? html`<b>${label.slice(0, typed.length)}</b>${label.slice(typed.length)}` : label}</bdi>
      ${note ? html`<span class="note">${note}</span>` : nothing}
    </div>`
  }

  private get choices(): Choice[] {
    return this.groups.flatMap(({ choices }) => choices)
  }

  private get wordsTitle(): string {
    return t`As plain words`
  }

  /** Keys that begin with the last word that is typed. */
  private keyGroups(text: string): Group[] {
    if (parseSearch(text, this.to.keys()).last) return []
    const [, before = '', minus = '', typed = ''] = /^(.*?)([-−–]?)([^\s]*)$/s.exec(text)!
    const keys = this.to.keys().filter(({ name, excludes }) => name && name.startsWith(typed.toLowerCase()) && (!minus || excludes))
    const choices = keys.slice(0, maxChoices).map(({ name, label, path }) => ({
      label: `${minus}${name}${path ? '.' : ':'}`,
      typed: minus + typed,
      note: label,
      take: () => this.to.complete(`${before}${minus}${name}${path ? '.' : ':'}`),
    }))
    return choices.length > 0 ? [{ title: t`Filters`, choices }] : []
  }

  /** What has to be loaded for what is typed. */
  private questionFor(text: string, signal: AbortSignal): (() => Promise<Group>) | undefined {
    const { last } = parseSearch(text, this.to.keys())
    const key = this.to.keys().find(({ name }) => name === last?.key)
    if (last && key?.values) return async () => ({ title: key.label, choices: (await key.values!(last, signal)).slice(0, maxChoices).map((offer) => this.value(last, offer)) })
    const [, before = '', minus = '', name = '', typed = ''] = /^(.*?)([-−–]?)(\w+)\.([^\s:]*)$/s.exec(text) ?? []
    const parent = this.to.keys().find((each) => each.name === name && each.paths)
    if (!parent) return undefined
    const put = (value: string) => `${minus}${name}.${value}:`
    return async () => ({
      title: parent.label,
      choices: (await parent.paths!(typed, signal)).slice(0, maxChoices).map(({ value, label, note }) => ({
        label: label ?? put(value),
        typed: `${minus}${name}.${typed}`,
        note,
        take: () => this.to.complete(before + put(value)),
      })),
    })
  }

  private value(last: SearchFilter, { value, label, note }: SearchOffer): Choice {
    const { key, path, without } = last
    return { label: label ?? value, typed: last.value, note, take: () => this.to.choose({ key, ...(path ? { path } : {}), value, ...(without ? { without } : {}) }) }
  }

  private withWords(groups: Group[]): Group[] {
    const text = this.text.trim()
    const words = this.to.keys().find(({ name }) => name === '')
    if (!text || !words) return groups
    const choice = { label: `“${text}” ${words.label}`, take: () => this.to.choose({ key: '', value: text }) }
    return [...groups, { title: this.wordsTitle, choices: [choice] }]
  }

  /** Completions are a convenience: without them the field still takes what is typed. */
  private async load(ask: () => Promise<Group>, run: AbortController) {
    const group = await ask().catch(() => undefined)
    if (this.run !== run || run.signal.aborted) return
    this.loading = false
    if (group?.choices.length) this.groups = this.withWords([group])
    this.to.changed()
  }
}
