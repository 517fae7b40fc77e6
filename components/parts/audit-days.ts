import { html, nothing, type TemplateResult } from 'lit'
import type { AuditEvent } from '../../schemas/audit.ts'
import { languageTag, t } from '../core/words.ts'

const dayMs = 86_400_000

/** The deeds of one day in the reader's zone. */
export interface Day {
  /** ISO-8601, of its first and after its last instant. */
  from: string
  to: string
  items: AuditEvent[]
}

/** Consecutive events of one day, in the order given. */
export function daysOf(events: AuditEvent[]): Day[] {
  const days: Day[] = []
  for (const event of events) {
    const from = startOfDay(Date.parse(event.occurredAt))
    const last = days.at(-1)
    if (last?.from === from.toISOString()) last.items.push(event)
    else days.push({ from: from.toISOString(), to: startOfDay(from.getTime() + 1.5 * dayMs).toISOString(), items: [event] })
  }
  return days
}

export function startOfDay(at: number): Date {
  const day = new Date(at)
  day.setHours(0, 0, 0, 0)
  return day
}

export interface DayHeading {
  now: number
  locale: string | undefined
  counts: unknown
}

/** `Today Saturday 21 November`, and how much was done by how many. */
export function dayHeading({ from }: Day, { now, locale, counts }: DayHeading): TemplateResult {
  const at = Date.parse(from)
  const date = new Intl.DateTimeFormat(locale ?? languageTag(), { weekday: 'long', day: 'numeric', month: 'long', ...(new Date(at).getFullYear() === new Date(now).getFullYear() ? {} : { year: 'numeric' }) }).format(at)
  const today = startOfDay(now).getTime()
  const near = at === today ? t`Today` : at === startOfDay(today - dayMs / 2).getTime() ? t`Yesterday` : ''
  return html`<div class="day">
    <h3>${near || date}</h3>
    ${near ? html`<span class="muted">${date}</span>` : nothing}
    <span class="counts num">
      ${counts}
    </span>
  </div>`
}
