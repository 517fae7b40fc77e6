import type { HTMLAttributes, PublicProps } from 'vue'
import type { OpsElements } from './elements.js'

/** `ops-operation` as Vue's templates know it: `onOpsOperation`. */
type Handler<Name extends string> = Name extends `${infer First}-${infer Rest}` ? `${First}${Handler<Capitalize<Rest>>}` : Name

type OpsComponents = {
  [Tag in keyof OpsElements]: new () => {
    $props: PublicProps &
      Omit<HTMLAttributes, keyof OpsElements[Tag]['attributes']> &
      OpsElements[Tag]['attributes'] &
      OpsElements[Tag]['properties'] & {
        [Name in keyof OpsElements[Tag]['events'] & string as `on${Capitalize<Handler<Name>>}`]?: (event: OpsElements[Tag]['events'][Name]) => void
      }
  }
}

declare module 'vue' {
  interface GlobalComponents extends OpsComponents {}
}
