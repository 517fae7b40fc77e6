import { basename } from 'node:path'
import type { ElementDoc } from './read.ts'

/** The types that the typings of all frameworks are made from: attributes, properties and events of each element. */
export function makeTypings(elements: ElementDoc[]): string {
  const classes = elements.map(({ className, source }) => `import type { ${className} } from '../components/${source.split('/')[1]}/${basename(source, '.ts')}.js'`)
  return `${classes.join('\n')}
import type { OpsEventMap } from '../components/core/events.js'

${elements.map(attributesOf).join('\n\n')}

/** Every element with its class, its attributes, the properties that are no attributes, and its events. */
export interface OpsElements {
${elements.map(entryOf).join('\n')}
}
`
}

function attributesOf({ className, attributes, description }: ElementDoc): string {
  const lines = attributes.map(({ name, type, description: words }) => `  /** ${words.replaceAll('*/', '* /')} */\n  '${name}'?: ${fromMarkup(type)}`)
  return `/** ${description.split('\n')[0]!} */\nexport interface ${className}Attributes {\n${lines.join('\n')}\n}`
}

function entryOf({ tag, className, properties, events }: ElementDoc): string {
  const own = properties.map(({ name }) => `'${name}'`).join(' | ') || 'never'
  const fired = events.map(({ name }) => `'${name}'`).join(' | ') || 'never'
  return `  '${tag}': { element: ${className}; attributes: ${className}Attributes; properties: Partial<Pick<${className}, ${own}>>; events: Pick<OpsEventMap, ${fired}> }`
}

/** In markup, a number is text as well. */
function fromMarkup(type: string): string {
  // oxlint-disable-next-line no-template-curly-in-string -- A type, not a template.
  return type === 'number' ? 'number | `${number}`' : type
}
