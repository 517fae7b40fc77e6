import { html, type Html } from '../html.ts'

/** A page with a single message. */
export function message({ status, text }: { status: number; text: string }): Html {
  return html`<section class="card narrow">
    <p class="eyebrow">${status}</p>
    <h1>${text}</h1>
    <p><a href="/">Back to the shop</a></p>
  </section>`
}
