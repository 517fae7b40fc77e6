import { css, html, nothing } from 'lit'
import { query, state } from 'lit/decorators.js'
import { OpsElement } from '../core/element.ts'
import { declaredKeys, hasSingleKeys, type Key, type KeyGroup, Keys, setSingleKeys } from '../core/keys.ts'
import { element } from '../core/register.ts'
import { t } from '../core/words.ts'
import { base } from '../theme/base.ts'
import { keycaps, keycapStyles } from './keycap.ts'

/** Opens the sheet of keys inside `host`; it goes when it is closed. */
export function openShortcuts(host: HTMLElement): void {
  const sheet = document.createElement('ops-shortcuts')
  const place = host.shadowRoot ?? host
  place.append(sheet)
  void sheet.open()
}

/**
 * The keys that are declared on the page now, and the switch for keys of a single character.
 *
 * @tag ops-shortcuts
 */
@element('ops-shortcuts')
export class OpsShortcuts extends OpsElement {
  static override styles = [
    base,
    keycapStyles,
    css`
      :host {
        display: contents;
      }
      dialog {
        width: min(820px, calc(100vw - 32px));
        max-height: calc(100dvh - 32px);
        padding: 0;
        border: 1px solid var(--_line);
        border-radius: calc(1.25 * var(--_radius));
        background: var(--_overlay);
        color: var(--_text);
        font: var(--_weight) var(--_size) / var(--_line-height) var(--_font);
        box-shadow: var(--_shadow);
      }
      dialog::backdrop {
        background: var(--_backdrop);
      }
      .head {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 16px;
        padding: 12px 20px;
        border-bottom: 1px solid var(--_line);
      }
      .head h2 {
        margin-inline-end: auto;
        font-size: var(--_heading);
      }
      .head label {
        display: inline-flex;
        align-items: center;
        gap: 6px;
        min-height: var(--_control-height);
      }
      .head input {
        width: 16px;
        height: 16px;
        min-height: 0;
        margin: 0;
        accent-color: var(--_accent);
      }
      .groups {
        columns: 3 220px;
        column-gap: 28px;
        padding: 16px 20px 20px;
      }
      section {
        break-inside: avoid-column;
        margin-bottom: 20px;
      }
      dl > div {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 12px;
        min-height: 30px;
        padding-block: 4px;
        border-bottom: 1px solid var(--_line);
      }
      dd {
        flex: none;
        color: var(--_muted);
        font-size: var(--_tiny);
      }
      .off {
        opacity: 0.6;
      }
    `,
  ]

  @query('dialog') private dialog!: HTMLDialogElement
  @state() private single = true
  @state() private listed: readonly Key[] = []

  protected readonly keys = new Keys(
    this,
    () => [{ keys: '?', label: t`This sheet`, run: () => this.close() }],
    { only: () => this.dialog?.open },
  )

  async open(): Promise<void> {
    this.single = hasSingleKeys()
    this.listed = declaredKeys()
    await this.updateComplete
    this.dialog.showModal()
  }

  private close() {
    this.dialog.close()
    this.remove()
  }

  override render() {
    const groups: [KeyGroup, string][] = [['anywhere', t`Anywhere`], ['list', t`Lists`], ['chosen', t`The chosen`], ['preview', t`In a preview`]]
    return html`<dialog aria-labelledby="title" @click=${this.handleClick} @close=${() => this.remove()}>
      <div class="head">
        <h2 id="title" tabindex="-1" autofocus>${t`Keyboard`}</h2>
        <label><input type="checkbox" .checked=${this.single} @change=${this.handleSwitch} /> ${t`Single keys on`}</label>
        <button type="button" class="button" aria-label=${t`Close`} @click=${this.close}>×</button>
      </div>
      <div class="groups">
        ${groups.map(([group, title]) => this.group(title, this.rowsOf(group)))}
        <p class="muted small">${t`Keys never change anything by themselves: each opens its preview first.`}</p>
      </div>
    </dialog>`
  }

  private group(title: string, rows: Map<string, string[]>) {
    if (rows.size === 0) return nothing
    return html`<section>
      <h3>${title}</h3>
      <dl>
        ${[...rows].map(([label, keys]) => html`<div class=${!this.single && isSingle(keys[0]!) ? 'off' : nothing}><dt>${label}</dt><dd>${keys.map((each) => html`${keycaps(each)} `)}</dd></div>`)}
      </dl>
    </section>`
  }

  /** The keys of a group by label: several keys with one label share a row, and the innermost element's label of a key counts. */
  private rowsOf(group: KeyGroup): Map<string, string[]> {
    const rows = new Map<string, string[]>()
    const known = new Set<string>()
    for (const key of [...this.listed, ...always()]) {
      if ((key.group ?? 'anywhere') !== group || known.has(key.keys)) continue
      known.add(key.keys)
      rows.set(key.label, [...(rows.get(key.label) ?? []), key.keys])
    }
    return rows
  }

  private handleSwitch(event: Event) {
    this.single = (event.target as HTMLInputElement).checked
    setSingleKeys(this.single)
  }

  /** A press on the backdrop closes it. */
  private handleClick(event: MouseEvent) {
    if (event.target === this.dialog) this.close()
  }
}

function isSingle(keys: string): boolean {
  return /^\S( |$)/.test(keys)
}

/** What works wherever there is something to close or to confirm. */
function always(): Key[] {
  return [
    { keys: '?', label: t`This sheet` },
    { keys: 'Escape', label: t`Close, go back` },
    { keys: 'F6', label: t`Go to the message` },
    { keys: 'Mod+Enter', label: t`Confirm`, group: 'preview' },
    { keys: 'Escape', label: t`Go back`, group: 'preview' },
  ]
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-shortcuts': OpsShortcuts
  }
}
