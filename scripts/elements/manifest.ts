import { type ElementDoc, withProperty } from './read.ts'

/** The custom elements manifest: only what a host may use, at the addresses it imports from. */
export function makeManifest(elements: ElementDoc[]): object {
  return {
    schemaVersion: '1.0.0',
    readme: 'docs/elements.md',
    modules: elements.map((element) => ({
      kind: 'javascript-module',
      path: element.module,
      declarations: [declarationOf(element)],
      exports: [
        { kind: 'js', name: element.className, declaration: { name: element.className, module: element.module } },
        { kind: 'custom-element-definition', name: element.tag, declaration: { name: element.className, module: element.module } },
      ],
    })),
  }
}

function declarationOf({ tag, className, description, attributes, properties, methods, events, slots, parts, cssProperties }: ElementDoc): object {
  const typed = ({ name, type, description: words, default: standard }: { name: string; type: string; description: string; default?: string }) => ({ name, type: { text: type }, description: words, ...(standard ? { default: standard } : {}) })
  return {
    kind: 'class',
    customElement: true,
    tagName: tag,
    name: className,
    description,
    superclass: { name: 'LitElement', package: 'lit' },
    attributes: attributes.map((each) => ({ ...typed(each), ...(each.property ? { fieldName: each.property } : {}) })),
    members: [
      ...withProperty(attributes).map((each) => ({ kind: 'field', ...typed({ ...each, name: each.property }), attribute: each.name, ...(each.name === 'theme' ? { reflects: true } : {}) })),
      ...properties.map((each) => ({ kind: 'field', ...typed(each) })),
      ...methods.map(({ name, type, description: words }) => ({ kind: 'method', name, description: words, return: { type: { text: type.split(' => ').at(-1) } } })),
    ],
    events: events.map(typed),
    slots,
    cssParts: parts,
    cssProperties,
  }
}
