/**
 * On a button that empties a form: the field being typed into is not left, so that it is not applied first, which would load the page
 * anew and could move the button from under the pointer.
 */
export function keepFocus(event: MouseEvent): void {
  event.preventDefault()
}
