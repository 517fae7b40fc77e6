import type { JSX } from 'preact'
import type { OpsElements } from './elements.js'
import type { OpsProps } from './jsx.js'

type OpsIntrinsicElements = {
  [Tag in keyof OpsElements]: OpsProps<Tag, JSX.HTMLAttributes<OpsElements[Tag]['element']>>
}

declare module 'preact' {
  namespace JSX {
    interface IntrinsicElements extends OpsIntrinsicElements {}
  }
}
