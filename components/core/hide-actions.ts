/**
 * Hides the controls of operations that the host does not offer here. A control, or the section that is only there for it, names its
 * operation in `data-action`. What the actor may do is not decided here, but on the server.
 */
export function hideActions(root: ParentNode, names: readonly string[]): void {
  for (const control of root.querySelectorAll<HTMLElement>('[data-action]')) {
    control.style.display = names.includes(control.dataset.action!) ? 'none' : ''
  }
}
