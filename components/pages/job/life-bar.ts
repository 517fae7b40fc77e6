import { css, html, nothing, type TemplateResult } from 'lit'
import type { JobDetail } from '../../../schemas/job.ts'
import { timeOfDay } from '../../core/time.ts'
import { t } from '../../core/words.ts'
import { lasted } from './lasted.ts'
import { type Life, lifeOf, type Stretch } from './life.ts'

/** A label needs this share of the bar. */
const roomForWords = 0.17
const roomForTime = 0.14
/** How long an attempt took needs this share up to the next attempt. */
const roomForLength = 0.1

/** The life of the job as a bar that is true to scale, from its creation to its end or until now. It runs with the direction of the page. */
export function lifeBar(job: JobDetail, locale?: string): TemplateResult {
  const life = lifeOf(job)
  const share = (at: number) => (at - life.from) / (life.to - life.from)
  const summary = life.stretches.map(({ words }) => words).join(', ')
  return html`<div class="life" role="img" aria-label=${summary || t`It has not run.`}>
    ${life.stretches.map((stretch, index) => drawn(stretch, share(stretch.from), share(stretch.to), roomAfter(life, index, share)))}
    <i class="born"></i>${job.finishedAt && job.state !== 'retryable' ? html`<i class="end ${job.state}"></i>` : nothing}
    ${ticks(life, share).map(([at, place]) => html`<span class="tick num ${place > 0.9 ? 'last' : ''}" .style=${place > 0.9 ? '' : `inset-inline-start:${percent(place)}`}>${timeOfDay(Math.floor(at / 1000) * 1000, { locale })}</span>`)}
  </div>`
}

/** From the start of a stretch to that of the next attempt; 1 if none follows. */
function roomAfter({ stretches }: Life, index: number, share: (at: number) => number): number {
  const next = stretches.slice(index + 1).find(({ kind }) => kind === 'run')
  return next ? share(next.from) - share(stretches[index]!.from) : 1
}

function drawn(stretch: Stretch, from: number, to: number, room: number) {
  const size = `inline-size:${percent(to - from)}`
  if (stretch.kind !== 'run') {
    return html`<span class="gap ${stretch.kind}" .style=${`inset-inline-start:${percent(from)};${size}`} title=${stretch.words}>${to - from >= roomForWords ? html`<span class="words">${stretch.words}</span>` : nothing}</span>`
  }
  const took = stretch.to - stretch.from
  const side = from > 0.9 ? 'late' : from < 0.05 ? 'early' : ''
  return html`<span class="run ${stretch.outcome} ${side}" .style=${`inset-inline-start:min(${percent(from)}, calc(100% - 18px));${size}`} title=${stretch.words}
    >${stretch.number}${took > 0 && room >= roomForLength ? html`<span class="took num">${lasted(took)}</span>` : nothing}</span
  >`
}

/** The start, the end, and each attempt whose time does not run into another. */
function ticks({ from, to, stretches }: Life, share: (at: number) => number): [at: number, place: number][] {
  const shown: [number, number][] = [[from, 0]]
  for (const { kind, from: at } of stretches) {
    const place = share(at)
    if (kind === 'run' && place - shown.at(-1)![1] >= roomForTime && place < 1 - 2 * roomForTime) shown.push([at, place])
  }
  return [...shown, [to, 1]]
}

function percent(share: number): string {
  return `${Math.round(share * 10_000) / 100}%`
}

export const lifeStyles = css`
  .life {
    position: relative;
    height: 78px;
    margin: 6px 16px 12px;
    font-size: 12px;
  }
  .life > * {
    position: absolute;
  }
  .gap {
    top: 31px;
    border-top: 2px solid var(--_control-line);
    text-align: center;
  }
  .gap.retry {
    border-top-style: dashed;
  }
  .gap.unknown {
    border-top-style: dotted;
  }
  .gap .words {
    position: absolute;
    inset: -26px 0 auto;
    color: var(--_muted);
    white-space: nowrap;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .born {
    top: 28px;
    inset-inline-start: -4px;
    width: 8px;
    height: 8px;
    border: 1.5px solid var(--_text);
    border-radius: 50%;
    background: var(--_surface);
  }
  .end {
    top: 20px;
    inset-inline-end: -1px;
    width: 2px;
    height: 24px;
    background: var(--_resolved);
  }
  .end.discarded {
    background: var(--_review);
  }
  .run {
    z-index: 1;
    top: 23px;
    min-width: 18px;
    height: 18px;
    border: 1.5px solid var(--_resolved);
    border-radius: 2px;
    background: var(--_surface);
    color: var(--_resolved);
    font-weight: 700;
    line-height: 15px;
    text-align: center;
  }
  .run.failed {
    border-color: var(--_review);
    background: var(--_review);
    color: var(--_surface);
  }
  .run.completed {
    border-color: var(--_runnable);
    background: var(--_runnable);
    color: var(--_surface);
  }
  .run.executing {
    border-color: var(--_accent);
    border-inline-end-style: dashed;
    color: var(--_accent);
  }
  .took {
    position: absolute;
    top: 20px;
    inset-inline: -30px;
    font-weight: 400;
    white-space: nowrap;
    color: var(--_text);
  }
  .late .took {
    inset-inline: auto 0;
  }
  .early .took {
    inset-inline: 0 auto;
  }
  .failed .took {
    color: var(--_review);
  }
  .tick {
    top: 62px;
    color: var(--_muted);
  }
  .tick.last {
    inset-inline-end: 0;
  }
  @container ops-page (max-width: 560px) {
    .tick:not(:first-of-type, .last) {
      display: none;
    }
  }
  @media (forced-colors: active) {
    .run,
    .born {
      border-color: CanvasText;
      background: Canvas;
      color: CanvasText;
    }
    .run.failed {
      border-width: 3px;
    }
  }
`
