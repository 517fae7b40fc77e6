import type { HTMLAttributes } from 'svelte/elements'
import type { OpsElements } from './elements.js'
import type { OpsProps } from './jsx.js'

type OpsSvelteElements = {
  [Tag in keyof OpsElements]: OpsProps<Tag, HTMLAttributes<OpsElements[Tag]['element']>>
}

declare module 'svelte/elements' {
  interface SvelteHTMLElements extends OpsSvelteElements {}
}
