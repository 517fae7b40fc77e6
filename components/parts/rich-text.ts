import { css, html, type TemplateResult } from 'lit'
import type { Block, Span } from '../../schemas/rich-text.ts'

/** Text of the host, from the server's blocks. Everything is a text node or an attribute of a fixed element: no HTML comes from the text. */
export function richText(blocks: readonly Block[]): TemplateResult {
  return html`<div class="rich-text">${blocks.map(drawBlock)}</div>`
}

function drawBlock(block: Block): TemplateResult {
  if (block.type === 'code') return html`<pre tabindex="0">${block.text}</pre>`
  if (block.type === 'heading') return html`<h5 class="wrap">${block.spans.map(drawSpan)}</h5>`
  if (block.type === 'paragraph') return html`<p class="wrap">${block.spans.map(drawSpan)}</p>`
  const items = block.items.map(({ depth, spans }) => html`<li class="wrap depth-${Math.min(depth, 4)}">${spans.map(drawSpan)}</li>`)
  return block.ordered ? html`<ol>${items}</ol>` : html`<ul>${items}</ul>`
}

function drawSpan({ text, strong, em, code, href }: Span): TemplateResult {
  let drawn = code ? html`<code>${text}</code>` : html`${text}`
  if (em) drawn = html`<em>${drawn}</em>`
  if (strong) drawn = html`<strong>${drawn}</strong>`
  return href === undefined ? drawn : html`<a href=${href} rel="noreferrer noopener">${drawn}</a>`
}

export const richTextStyles = css`
  .rich-text {
    display: grid;
    gap: 8px;
  }
  .rich-text p {
    white-space: pre-line;
  }
  .rich-text h5 {
    margin: 0;
    font-size: var(--_medium);
    font-weight: var(--_weight-strong);
  }
  .rich-text pre {
    padding: 8px 10px;
    border-radius: var(--_control-radius);
    background: var(--_sunken);
    font: 12px / 1.5 var(--_mono);
    white-space: pre-wrap;
    overflow-wrap: anywhere;
  }
  .rich-text :is(ol, ul) {
    padding-inline-start: 20px;
    list-style: disc;
  }
  .rich-text ol {
    list-style: decimal;
  }
  .rich-text a {
    text-decoration: underline;
    text-underline-offset: 2px;
  }
  .rich-text .depth-1 {
    margin-inline-start: 16px;
  }
  .rich-text .depth-2 {
    margin-inline-start: 32px;
  }
  .rich-text :is(.depth-3, .depth-4) {
    margin-inline-start: 48px;
  }
`
