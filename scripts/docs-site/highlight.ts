import { escapeHtml } from './escape-html.ts'

const script = /(?<comment>\/\/.*|\/\*[\s\S]*?\*\/)|(?<string>'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`)|(?<word>\b(?:import|export|from|const|let|function|async|await|return|new|if|for|of|throw|default|class|extends|type|interface|true|false|null|undefined)\b)/g
const shell = /(?<comment>(?<=^|\s)#.*)|(?<string>'[^']*'|"(?:[^"\\]|\\.)*")|(?<word>(?<=^|\n|&& )(?:npm|npx|curl|node|docker|psql)\b)/g
const markup = /(?<comment><!--[\s\S]*?-->)|(?<string>"[^"]*")|(?<word><\/?[\w-]+|\/?>)/g
const data = /(?<word>"(?:[^"\\]|\\.)*"(?=\s*:))|(?<string>"(?:[^"\\]|\\.)*")|(?<comment>\b(?:true|false|null)\b)/g

const rules: Readonly<Record<string, RegExp>> = { js: script, ts: script, jsx: script, tsx: script, javascript: script, typescript: script, sh: shell, bash: shell, html: markup, vue: markup, svelte: markup, erb: markup, heex: markup, json: data }

/** Code as HTML: comments, texts and keywords are marked, which is enough to read a sample by. */
export function highlight(code: string, language: string): string {
  const rule = rules[language]
  if (!rule) return escapeHtml(code)
  let html = ''
  let end = 0
  for (const match of code.matchAll(rule)) {
    const [kind] = Object.entries(match.groups!).find(([, text]) => text !== undefined)!
    html += `${escapeHtml(code.slice(end, match.index))}<span class="${kind}">${escapeHtml(match[0])}</span>`
    end = match.index + match[0].length
  }
  return html + escapeHtml(code.slice(end))
}
