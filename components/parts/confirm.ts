import { html, LitElement, nothing } from 'lit'
import { query, state } from 'lit/decorators.js'
import type { OpsElement } from '../core/element.ts'
import { deepFocus } from '../core/focus.ts'
import { later, loadFailure } from '../core/later.ts'
import { element } from '../core/register.ts'
import { t } from '../core/words.ts'
import type { OpsConfirmDialog } from './confirm-dialog.ts'
import type { Ask } from './operation-fields.ts'

export type { BulkDetail } from '../core/events.ts'
export type { Ask } from './operation-fields.ts'

const loadDialog = later(() => import('./confirm-dialog.ts'))

/**
 * Where a page asks for an operation. The dialog with its fields is loaded when it is first opened; if it cannot be loaded, that is
 * said here and can be tried again. Renders into the page itself, so that the page's own styles apply.
 *
 * @tag ops-confirm
 * @fires {CustomEvent<OperationDetail>} ops-operation - An operation was recorded or failed.
 * @fires {CustomEvent<BulkDetail>} ops-bulk - A selection was accepted.
 */
@element('ops-confirm')
export class OpsConfirm extends LitElement {
  @query('ops-confirm-dialog') private dialog?: OpsConfirmDialog
  @query('dialog') private notice?: HTMLDialogElement
  @state() private loaded = false
  @state() private failure = ''

  private asked?: { ask: Ask; opener?: HTMLElement }

  get opened(): boolean {
    return this.dialog?.opened ?? false
  }

  /** Opens the dialog and takes the first preview. Asked again before it is loaded, the last question is the one that counts. */
  async open(ask: Ask): Promise<void> {
    if (!isOffered(this, ask.action)) return
    this.asked = { ask, opener: deepFocus() }
    await this.show()
  }

  override createRenderRoot() {
    return this
  }

  override render() {
    return html`${this.loaded ? html`<ops-confirm-dialog></ops-confirm-dialog>` : nothing}
    ${this.failure
      ? html`<dialog class="card padded" aria-labelledby="load-failure" @close=${() => (this.failure = '')}>
          <h2 id="load-failure">${t`The dialog could not be loaded`}</h2>
          <p class="wrap">${t`Nothing was changed.`} ${this.failure}</p>
          <button type="button" class="button primary" @click=${this.show}>${t`Try again`}</button>
          <button type="button" class="button" @click=${() => this.notice?.close()}>${t`Go back`}</button>
        </dialog>`
      : nothing}`
  }

  private readonly show = async () => {
    const { asked } = this
    try {
      await loadDialog()
    } catch (error) {
      if (asked === this.asked) await this.say(loadFailure(error))
      return
    }
    if (!asked || asked !== this.asked || !this.isConnected) return
    this.asked = undefined
    this.notice?.close()
    this.loaded = true
    await this.updateComplete
    await this.dialog!.open(asked.ask, asked.opener)
  }

  private async say(failure: string) {
    this.failure = failure
    await this.updateComplete
    if (this.isConnected && !this.notice?.open) this.notice?.showModal()
  }
}

/** Keys ask for operations as well; the page around it knows which of them the host offers. */
function isOffered(confirm: OpsConfirm, action: string): boolean {
  const { host } = confirm.getRootNode() as Partial<ShadowRoot>
  return (host as Partial<OpsElement> | undefined)?.offersAction?.(action) ?? true
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-confirm': OpsConfirm
  }
}
