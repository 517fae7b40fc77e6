import { parseAst } from 'vite'
import { expect, test } from 'vitest'
import { minifyTemplates } from '../scripts/minify-templates.ts'

const minified = (code: string) => minifyTemplates(code, parseAst)

test('the indentation of html and svg templates goes, nested ones included', () => {
  expect(minified('html`<ul>\n    ${items.map((item) => html`<li>\n        ${item}\n    </li>`)}\n  </ul>`')).toBe(
    'html`<ul> ${items.map((item) => html`<li> ${item} </li>`)} </ul>`',
  )
  expect(minified('svg`<g>\n    <path/>\n  </g>`')).toBe('svg`<g> <path/> </g>`')
})

test('other templates, strings and comments keep every blank', () => {
  for (const code of ['const text = `one\n    two`', "const text = 'css`a  {  }`'", '// html`<p>\n    call()', 'sql`select 1\n      from jobs`']) expect(minified(code)).toBe(code)
})

test('text whose blanks are shown keeps them', () => {
  const code = 'html`<pre>\n  indented\n</pre>`'
  expect(minified(code)).toBe(code)
})

test('style sheets are shortened by a CSS parser: strings, calc() and comments come out right', () => {
  expect(minified("css`\n  /* why */\n  .a::before {\n    content: ', ; { ';\n    width: calc(100% - 4px);\n  }\n`")).toBe(
    'css`.a:before{content:", ; { ";width:calc(100% - 4px)}`',
  )
})

test('a sheet with an expression in it is left alone', () => {
  const code = 'css`\n  .a {\n    width: ${size}px;\n  }\n`'
  expect(minified(code)).toBe(code)
})
