import { html, LitElement, nothing, type PropertyValues } from 'lit'
import { property, query, state } from 'lit/decorators.js'
import { deepFocus, returnFocus } from '../core/focus.ts'
import { PageLinks } from '../core/links.ts'
import { element } from '../core/register.ts'
import { t } from '../core/words.ts'
import { base } from '../theme/base.ts'
import { copyText } from './copy.ts'
import { sheetStyles } from './sheet-styles.ts'

/** Narrower windows get a sheet at the bottom, which is modal: there is no room for a list beside it. */
const narrow = matchMedia('(max-width: 699px)')
/** The page keeps at least this width beside the sheet; a narrower one is covered instead. */
const minBesidePx = 400
/** Between the page and the sheet. */
const gapPx = 12

/**
 * One thing in full, beside the list it is from: at the inline end of the window and not modal, so that the list stays usable; below
 * 700 px a modal sheet at the bottom. Esc closes it and returns the focus to the row. The page shows something else in an open sheet
 * by rendering it; the focus then stays where it is.
 *
 * @tag ops-sheet
 * @fires ops-close - The reader closed the sheet, which is closed already. Does not bubble.
 * @fires ops-step - The previous (-1) or the next (1) one should be shown; the detail is that number. Does not bubble.
 * @slot heading - What it shows, with a heading.
 * @slot actions - Buttons beside those of the sheet.
 * @slot - The content.
 * @slot foot - What may be done with it.
 */
@element('ops-sheet')
export class OpsSheet extends LitElement {
  static override styles = [base, sheetStyles]

  private readonly pageLinks = new PageLinks(this)
  @query('dialog') private dialog!: HTMLDialogElement
  @query('#heading') private headingArea!: HTMLElement
  @state() private copied = ''

  /** Whether it is shown. */
  @property({ type: Boolean, reflect: true }) open = false
  /** Address of what it shows, for `Copy link`; without it there is no such button. */
  @property() href = ''
  /** Whether there is a previous and a next one; without it the sheet has no buttons for them. */
  @property({ attribute: false }) steps?: { previous: boolean; next: boolean }
  /** Finds what gets the focus when the sheet closes, e.g. the row; by default what had it when the sheet opened. */
  @property({ attribute: false }) returnTo?: () => HTMLElement | null | undefined

  private opener?: HTMLElement
  private beside?: HTMLElement

  override connectedCallback() {
    super.connectedCallback()
    narrow.addEventListener('change', this.placeAgain)
    addEventListener('resize', this.makeRoom)
    addEventListener('keydown', this.handleKey)
    if (this.hasUpdated && this.open) this.show()
  }

  override disconnectedCallback() {
    super.disconnectedCallback()
    narrow.removeEventListener('change', this.placeAgain)
    removeEventListener('resize', this.makeRoom)
    removeEventListener('keydown', this.handleKey)
    this.giveRoomBack()
  }

  protected override updated(changed: PropertyValues<this>) {
    if (changed.has('open') && this.open) {
      this.opener = deepFocus()
      this.show()
      // A dialog takes the focus by itself; one that is open when the page loads should not.
      if (this.opener) this.headingArea.focus()
      else deepFocus()?.blur()
    } else if (changed.get('open')) this.hide()
    if (changed.has('href')) this.copied = ''
  }

  override render() {
    return html`<dialog popover="manual" part="sheet" aria-labelledby="heading" @close=${this.handleClose} @click=${this.handleClick}>
      <div class="head">
        <div class="tools">
          ${this.steps ? html`${this.step(-1, t`Previous`, this.steps.previous, 'M4 10l4-4 4 4')} ${this.step(1, t`Next`, this.steps.next, 'M4 6l4 4 4-4')}` : nothing}
          <span class="between"><slot name="actions"></slot></span>
          <span role="status" class="small muted">${this.copied}</span>
          ${this.href ? html`<button type="button" class="button plain" @click=${this.copyLink}>${t`Copy link`}</button>` : nothing}
          <button type="button" class="button plain icon" aria-label=${t`Close`} @click=${this.close}>${icon('M4 4l8 8M12 4l-8 8')}</button>
        </div>
        <div id="heading" tabindex="-1"><slot name="heading"></slot></div>
      </div>
      <div class="body"><slot></slot></div>
      <div class="foot empty"><slot name="foot" @slotchange=${this.handleFoot}></slot></div>
    </dialog>`
  }

  /** A button at its end stays focusable: who holds it down should not lose the focus. */
  private step(by: -1 | 1, label: string, possible: boolean, path: string) {
    const go = () => possible && this.dispatchEvent(new CustomEvent('ops-step', { detail: by }))
    return html`<button type="button" class="button plain icon" aria-label=${label} title=${label} aria-disabled=${!possible} @click=${go}>${icon(path)}</button>`
  }

  /** Closes it as the reader does: the focus returns to the list, and the page hears of it. */
  readonly close = (): void => {
    if (!this.open) return
    this.open = false
    this.hide()
    this.dispatchEvent(new CustomEvent('ops-close'))
  }

  /** In the top layer, because a page with container queries is the containing block of what is fixed inside it. */
  private show() {
    if (narrow.matches) this.dialog.showModal()
    else this.dialog.showPopover()
    this.makeRoom()
  }

  private hide() {
    const held = this.dialog.open || this.dialog.matches(':focus-within')
    this.takeDown()
    if (held || !deepFocus()) returnFocus(this.returnTo?.() ?? this.opener, () => this.returnTo?.() ?? null)
  }

  private takeDown() {
    if (this.dialog.open) this.dialog.close()
    if (this.dialog.matches(':popover-open')) this.dialog.hidePopover()
    this.giveRoomBack()
  }

  private readonly placeAgain = () => {
    if (!this.open || !this.hasUpdated) return
    this.takeDown()
    this.show()
  }

  /** Lets the page end where the sheet begins, if it is wide enough for that. */
  private readonly makeRoom = () => {
    this.giveRoomBack()
    const page = pageOf(this)
    if (!page || !this.dialog.matches(':popover-open')) return
    const sheet = this.dialog.getBoundingClientRect()
    const whole = page.getBoundingClientRect()
    const { direction, paddingInlineEnd } = getComputedStyle(page)
    const covered = direction === 'rtl' ? sheet.right - whole.left : whole.right - sheet.left
    if (covered <= 0 || whole.width - covered - gapPx < minBesidePx) return
    page.style.paddingInlineEnd = `calc(${paddingInlineEnd} + ${Math.ceil(covered) + gapPx}px)`
    this.beside = page
  }

  private giveRoomBack() {
    this.beside?.style.removeProperty('padding-inline-end')
    this.beside = undefined
  }

  /** The list stays usable, so Esc there closes the sheet as well; but not Esc in a field, a menu or a dialog, which means these. */
  private readonly handleKey = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || event.defaultPrevented || !this.open || this.dialog.open) return
    const path = event.composedPath()
    if (!path.includes(this.dialog) && path.some(keepsEscape)) return
    event.preventDefault()
    this.close()
  }

  /** The browser closed the modal one, e.g. by Esc or the back gesture of a phone. */
  private readonly handleClose = () => {
    if (!this.dialog.matches('[open], :popover-open')) this.close()
  }

  private readonly handleClick = (event: MouseEvent) => {
    if (event.target === this.dialog && this.dialog.open) this.close()
  }

  private readonly handleFoot = ({ target }: Event) => {
    const slot = target as HTMLSlotElement
    slot.parentElement!.classList.toggle('empty', slot.assignedElements().length === 0)
  }

  private readonly copyLink = async () => {
    this.copied = (await copyText(new URL(this.pageLinks.addressOf(this.href), location.href).href)) ? t`Copied` : t`Not copied`
  }
}

const icon = (path: string) => html`<svg viewBox="0 0 16 16" aria-hidden="true"><path d=${path} /></svg>`

/** The page element around it, through whatever parts are between them. */
function pageOf(sheet: HTMLElement): HTMLElement | undefined {
  for (let root = sheet.getRootNode(); root instanceof ShadowRoot; root = root.host.getRootNode()) {
    if (getComputedStyle(root.host).containerName.includes('ops-page')) return root.host as HTMLElement
  }
  return undefined
}

function keepsEscape(target: EventTarget): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, select, dialog, [popover]')
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-sheet': OpsSheet
  }
}
