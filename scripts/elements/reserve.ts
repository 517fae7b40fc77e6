import type { ElementDoc } from './read.ts'

/** Styles for elements that are not defined yet: they take up space, and what stands inside is not shown without its styles. */
export function makeReserve(elements: ElementDoc[]): string {
  const pages = elements.map(({ tag }) => tag).filter((tag) => !['ops-provider', 'ops-shell'].includes(tag))
  return `:is(${pages.join(',')}):not(:defined){display:block;min-block-size:16rem;visibility:hidden}ops-shell:not(:defined){display:block;min-block-size:100vh;visibility:hidden}ops-provider:not(:defined){display:contents}\n`
}
