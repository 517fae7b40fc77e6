import type { DetailedHTMLProps, HTMLAttributes } from 'react'
import type { OpsElements } from './elements.js'

/** React 18 sets attributes only: properties and events need a `ref`. */
type OpsIntrinsicElements = {
  [Tag in keyof OpsElements]: Omit<DetailedHTMLProps<HTMLAttributes<OpsElements[Tag]['element']>, OpsElements[Tag]['element']>, keyof OpsElements[Tag]['attributes']> &
    OpsElements[Tag]['attributes'] & { class?: string }
}

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements extends OpsIntrinsicElements {}
  }
}
