import { html, nothing, type PropertyValues } from 'lit'
import { property, state } from 'lit/decorators.js'
import type { Bundle, ChronologyItem } from '../../../schemas/forensics.ts'
import type { ForensicRange } from '../../../schemas/forensics-words.ts'
import { OpsElement } from '../../core/element.ts'
import { problemOf } from '../../core/problem.ts'
import { element } from '../../core/register.ts'
import { chipStyles } from '../../parts/chip.ts'
import '../../parts/chronology.ts'
import { chronologyStyles } from '../../parts/chronology.ts'
import { boundaryStyles, evidenceBoundary } from '../../parts/evidence-boundary.ts'
import '../../parts/export.ts'
import { ownershipStyles } from '../../parts/ownership.ts'
import { runbookEntry, runbookStyles } from '../../parts/runbook.ts'
import { stripStyles } from '../../parts/strip.ts'
import '../../parts/subject-chooser.ts'
import { timelineStyles, timelineView } from '../../parts/timeline.ts'
import { base } from '../../theme/base.ts'
import { laterStyles } from './later-styles.ts'

/** The parts of the evidence that are not needed to see the diagnosis and act: the timeline, the chronology, and the runbook. */

interface Older {
  items: ChronologyItem[]
  cursor?: string
  ended: boolean
  loading: boolean
  failure: string
}

const nothingOlder: Older = { items: [], ended: false, loading: false, failure: '' }

/**
 * The timeline, and the chronology with the pages that are loaded on request.
 *
 * @tag ops-forensics-history
 */
@element('ops-forensics-history')
export class OpsForensicsHistory extends OpsElement {
  static override styles = [base, chipStyles, stripStyles, timelineStyles, chronologyStyles, laterStyles]

  @state() private older: Older = nothingOlder

  @property({ attribute: false }) bundle?: Bundle
  @property({ attribute: false }) choose: (range: ForensicRange) => void = () => undefined

  private get subjectKey(): string {
    return `${this.bundle?.subject.type}:${this.bundle?.subject.id}`
  }

  protected override willUpdate(changed: PropertyValues<this>) {
    super.willUpdate(changed)
    const before = changed.get('bundle')
    if (before && `${before.subject.type}:${before.subject.id}` !== this.subjectKey) this.older = nothingOlder
  }

  override render() {
    const { bundle } = this
    if (!bundle) return nothing
    return html`${bundle.timeline?.lanes.length ? timelineView(bundle.timeline, { choose: this.choose, ranges: rangesFor(bundle), locale: this.language, mirrored: this.matches(':dir(rtl)') }) : nothing}
      <ops-chronology
        .items=${unite(bundle.chronology, this.older.items)}
        ?more=${(this.older.cursor ?? bundle.nextCursor) !== undefined && !this.older.ended}
        ?loading=${this.older.loading}
        .failure=${this.older.failure}
        @ops-older=${() => void this.loadOlder(bundle)}
      ></ops-chronology>`
  }

  /** The next page. Lines that a reload pushes out of the bundle stay. */
  private async loadOlder({ subject: { type: subjectType, id: subjectId }, nextCursor }: Bundle) {
    const { connection, subjectKey } = this
    const cursor = this.older.cursor ?? nextCursor
    if (!connection || cursor === undefined || this.older.loading) return
    this.older = { ...this.older, loading: true, failure: '' }
    try {
      const page = await connection.client.listChronology({ params: { subjectType, subjectId }, query: { cursor, limit: 200 } })
      if (subjectKey !== this.subjectKey) return
      const known = unite(this.bundle?.chronology ?? [], this.older.items)
      this.older = { items: unite(known, page.items), cursor: page.nextCursor, ended: page.nextCursor === undefined, loading: false, failure: '' }
    } catch (error) {
      this.older = { ...this.older, loading: false, failure: problemOf(error).detail }
    }
  }
}

/** Newest first, like both lists: items missing from the first list follow. */
function unite(items: readonly ChronologyItem[], more: readonly ChronologyItem[]): ChronologyItem[] {
  const known = new Set(items.map(({ source, id }) => `${source} ${id}`))
  return [...items, ...more.filter(({ source, id }) => !known.has(`${source} ${id}`))]
}

/** A queue is measured by the minute, a schedule by the day. */
function rangesFor({ subject }: Bundle): ForensicRange[] {
  return subject.type === 'queue' || subject.type === 'executor' ? ['1h', '24h', '21d'] : ['24h', '21d', '90d']
}

/**
 * How far the evidence reaches, and the runbook.
 *
 * @tag ops-forensics-advice
 */
@element('ops-forensics-advice')
export class OpsForensicsAdvice extends OpsElement {
  static override styles = [base, chipStyles, ownershipStyles, boundaryStyles, runbookStyles, laterStyles]

  @property({ attribute: false }) bundle?: Bundle

  override render() {
    return this.bundle ? html`${evidenceBoundary(this.bundle)} ${runbookEntry(this.bundle.runbook)}` : nothing
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ops-forensics-history': OpsForensicsHistory
    'ops-forensics-advice': OpsForensicsAdvice
  }
}
