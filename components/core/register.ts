/**
 * Class decorator: defines the element, unless another bundle on the page already did.
 */
export function element(name: string) {
  return (constructor: CustomElementConstructor): void => {
    if (!customElements.get(name)) customElements.define(name, constructor)
  }
}
