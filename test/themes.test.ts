import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const tokenSource = readFileSync(join(root, 'components/theme/tokens.ts'), 'utf8')
const themes = readdirSync(join(root, 'components/themes')).map((file) => file.replace('.css', ''))
const themeOf = (name: string) => readFileSync(join(root, `components/themes/${name}.css`), 'utf8')

type Scheme = 'light' | 'dark'
type Values = Record<string, string>

const declarations = (text: string): Values => Object.fromEntries([...text.matchAll(/(--ops-[a-z-]+): ([^;]+);/g)].map(([, name, value]) => [name!, value!]))

/** The tokens of the elements by their public names. */
const defaults: Values = Object.fromEntries(
  [...tokenSource.matchAll(/^ *--_([a-z-]+): var\(--ops-\1, (.*)\); \/\*/gm)].map(([, name, value]) => [`--ops-${name}`, value!.replaceAll('var(--_', 'var(--ops-')]),
)

/** What the pages of these frameworks define by default; colours with an opacity as they are on the background. */
const hosts: Record<string, Record<Scheme, Values>> = {
  shadcn: {
    light: { background: '#ffffff', card: '#ffffff', popover: '#ffffff', muted: '#f4f4f5', border: '#e4e4e7', input: '#e4e4e7', foreground: '#09090b', 'muted-foreground': '#71717b', primary: '#18181b', 'primary-foreground': '#fafafa', accent: '#f4f4f5', ring: '#71717b', radius: '10px' },
    dark: { background: '#09090b', card: '#18181b', popover: '#18181b', muted: '#27272a', border: '#2f2f31', input: '#39393b', foreground: '#fafafa', 'muted-foreground': '#9f9fa9', primary: '#e4e4e7', 'primary-foreground': '#18181b', accent: '#27272a', ring: '#71717b', radius: '10px' },
  },
  bootstrap: {
    light: { 'bs-body-bg': '#ffffff', 'bs-tertiary-bg': '#f8f9fa', 'bs-border-color': '#dee2e6', 'bs-secondary-color': '#595c5f', 'bs-body-color': '#212529', 'bs-primary': '#0d6efd', 'bs-primary-bg-subtle': '#cfe2ff', 'bs-link-color': '#0a58ca' },
    dark: { 'bs-body-bg': '#212529', 'bs-tertiary-bg': '#2b3035', 'bs-border-color': '#495057', 'bs-secondary-color': '#afb3b7', 'bs-body-color': '#dee2e6', 'bs-primary': '#0d6efd', 'bs-primary-bg-subtle': '#031633', 'bs-link-color': '#6ea8fe' },
  },
}

/** The colour of a token in a scheme, as a browser would resolve it; `transparent` is what is below it. */
function colorOf(name: string, theme: Values, host: Values, scheme: Scheme): string {
  const value = theme[name] ?? defaults[name]
  if (value === undefined) throw new Error(`There is no token ${name}.`)
  const [, light, dark] = /^light-dark\((.*), (.*)\)$/.exec(value) ?? []
  const chosen = (scheme === 'light' ? light : dark) ?? value
  const mixed = /^color-mix\(in srgb, var\(--([a-z-]+)\) (\d+)%, var\(--([a-z-]+)\)\)$/.exec(chosen)
  if (mixed) return mix(host[mixed[1]!]!, host[mixed[3]!]!, Number(mixed[2]) / 100)
  const [, other] = /^var\(--([a-z-]+)(?:, .*)?\)$/.exec(chosen) ?? []
  if (other?.startsWith('ops-')) return colorOf(`--${other}`, theme, host, scheme)
  const color = other ? host[other] : chosen
  if (color === 'transparent') return scheme === 'light' ? '#ffffff' : '#121212'
  if (!color || !/^#[0-9a-f]{3,6}$/i.test(color)) throw new Error(`${name} is ${chosen}, which is no colour.`)
  return color
}

const partsOf = (color: string) => [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16))

function mix(one: string, other: string, share: number): string {
  const rest = partsOf(other)
  return `#${partsOf(one).map((part, index) => Math.round(part * share + rest[index]! * (1 - share)).toString(16).padStart(2, '0')).join('')}`
}

function luminance(color: string): number {
  const hex = color.length === 4 ? [...color.slice(1)].map((digit) => digit + digit).join('') : color.slice(1)
  const [red, green, blue] = [0, 2, 4].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!
}

function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].toSorted((a, b) => a - b)
  return (light! + 0.05) / (dark! + 0.05)
}

const statuses = ['review', 'blocked', 'waiting', 'runnable', 'resolved', 'bridge']
const grounds = ['bg', 'surface', 'sunken']

/** What is written on what. */
const texts: [string, string][] = [
  ...grounds.flatMap((ground): [string, string][] => [['text', ground], ['muted', ground], ['link', ground]]),
  ...statuses.flatMap((status): [string, string][] => [[status, `${status}-soft`], [status, 'surface'], [status, 'bg']]),
  ['text', 'accent-soft'],
  ['text', 'overlay'],
  ['accent-ink', 'accent'],
  ['review-ink', 'review'],
]

const marks: [string, string][] = [['focus', 'bg'], ['focus', 'surface'], ['chart-bar', 'surface']]

function poor(pairs: [string, string][], least: number, theme: string | undefined, scheme: Scheme): string[] {
  const values = theme ? declarations(themeOf(theme)) : {}
  const host = (theme && hosts[theme]?.[scheme]) || {}
  return pairs.flatMap(([front, back]) => {
    const ratio = contrast(colorOf(`--ops-${front}`, values, host, scheme), colorOf(`--ops-${back}`, values, host, scheme))
    return ratio >= least ? [] : [`${front} on ${back}: ${ratio.toFixed(2)}`]
  })
}

describe('the ready themes', () => {
  test('are three of our own and two maps', () => {
    expect(themes).toEqual(['bootstrap', 'compact', 'contrast', 'plain', 'shadcn'])
  })

  test.each(themes)('%s sets only documented properties, on every element, where a host can override it', (name) => {
    const tags = readdirSync(join(root, 'components'), { recursive: true, encoding: 'utf8' }).flatMap((file) => /(?:pages|shell)\/(ops-[a-z]+)\.ts$/.exec(file)?.[1] ?? [])
    const text = themeOf(name)
    const [, selector = ''] = /^(:where\([^)]+\)):not\(:where\(ops-provider, ops-shell\) \*\) \{/m.exec(text) ?? []
    expect(selector.match(/ops-[a-z]+/g)?.toSorted()).toEqual(tags.toSorted())
    expect(Object.keys(declarations(text)).filter((property) => !(property in defaults))).toEqual([])
    expect([...text.replaceAll(/\/\*[^]*?\*\//g, '').matchAll(/\{/g)]).toHaveLength(1)
  })
})

describe.each(['light', 'dark'] as const)('contrast in %s', (scheme) => {
  test.each([undefined, ...themes])('text of theme %s can be read', (theme) => {
    expect(poor(texts, 4.5, theme, scheme)).toEqual([])
  })

  test.each([undefined, 'plain', 'compact', 'contrast', 'bootstrap'])('focus rings and bars of theme %s can be seen, and its fields', (theme) => {
    expect(poor([...marks, ['control-line', 'surface']], 3, theme, scheme)).toEqual([])
  })

  test('text of the theme for high contrast is at least 7 : 1', () => {
    expect(poor(texts, 7, 'contrast', scheme)).toEqual([])
  })
})
