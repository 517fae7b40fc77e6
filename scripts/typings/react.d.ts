import type { DetailedHTMLProps, HTMLAttributes } from 'react'
import type { OpsElements } from './elements.js'
import type { OpsProps } from './jsx.js'

type OpsIntrinsicElements = {
  [Tag in keyof OpsElements]: OpsProps<Tag, DetailedHTMLProps<HTMLAttributes<OpsElements[Tag]['element']>, OpsElements[Tag]['element']>>
}

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements extends OpsIntrinsicElements {}
  }
}
