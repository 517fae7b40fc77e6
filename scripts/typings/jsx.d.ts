import type { OpsElements } from './elements.js'

/** Attributes, properties and `on…` events of each element, beside what the framework gives every HTML element. */
export type OpsProps<Tag extends keyof OpsElements, Common> = Omit<Common, keyof OpsElements[Tag]['attributes'] | keyof OpsElements[Tag]['properties']> &
  OpsElements[Tag]['attributes'] &
  OpsElements[Tag]['properties'] & {
    [Name in keyof OpsElements[Tag]['events'] & string as `on${Name}`]?: (event: OpsElements[Tag]['events'][Name]) => void
  }
