import { type ElementDoc, withProperty } from './read.ts'

/** Completion and hints in VS Code's HTML files. */
export function makeHtmlData(elements: ElementDoc[]): object {
  return {
    version: 1.1,
    tags: elements.map(({ tag, description, attributes }) => ({
      name: tag,
      description: markdown(description),
      attributes: attributes.map(({ name, description: words, type }) => ({ name, description: markdown(words), ...(wordsOf(type).length > 0 ? { values: wordsOf(type).map((word) => ({ name: word })) } : {}) })),
    })),
  }
}

/** Completion and hints in VS Code's style sheets. */
export function makeCssData(elements: ElementDoc[]): object {
  const properties = unique(elements.flatMap(({ cssProperties }) => cssProperties))
  const parts = unique(elements.flatMap((element) => element.parts))
  return {
    version: 1.1,
    properties: properties.map(({ name, description }) => ({ name, description: markdown(description) })),
    pseudoElements: parts.map(({ name, description }) => ({ name: `::part(${name})`, description: markdown(description) })),
  }
}

/** Completion and hints in JetBrains' editors. */
export function makeWebTypes(elements: ElementDoc[], version: string): object {
  return {
    $schema: 'https://raw.githubusercontent.com/JetBrains/web-types/master/schema/web-types.json',
    name: 'ops-powertools',
    version,
    'js-types-syntax': 'typescript',
    'description-markup': 'markdown',
    contributions: { html: { elements: elements.map(webType) } },
  }
}

function webType({ tag, description, attributes, properties, events, slots, parts, cssProperties }: ElementDoc): object {
  return {
    name: tag,
    description,
    attributes: attributes.map(({ name, description: words, type, default: standard }) => ({ name, description: words, value: { type }, ...(standard ? { default: standard } : {}) })),
    slots,
    js: {
      properties: [...withProperty(attributes).map((each) => ({ ...each, name: each.property })), ...properties].map(({ name, description: words, type }) => ({ name, description: words, type })),
      events: events.map(({ name, description: words, type }) => ({ name, description: words, type })),
    },
    css: { parts: parts.map(({ name, description: words }) => ({ name, description: words })), properties: cssProperties.map(({ name, description: words, default: standard }) => ({ name, description: words, ...(standard ? { default: standard } : {}) })) },
  }
}

/** The words of a union such as `'light' | 'dark'`. */
function wordsOf(type: string): string[] {
  return [...type.matchAll(/'([^']+)'/g)].map(([, word]) => word!)
}

function markdown(value: string): object {
  return { kind: 'markdown', value }
}

function unique<T extends { name: string }>(all: T[]): T[] {
  return [...new Map(all.map((each) => [each.name, each])).values()]
}
