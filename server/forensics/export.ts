import type { Bundle } from '../../schemas/index.ts'
import { OpsError } from '../error.ts'
import { writeEvent } from '../operations/event.ts'
import type { ExportFile } from '../operations/handle.ts'
import type { Scope } from '../operations/scope.ts'
import type { Asked } from './asked.ts'
import { writeMarkdown } from './bundle-markdown.ts'

/** A file for a post-mortem holds more than a page. */
const maxExported = 1_000

type OpenBundle = (scope: Scope, type: string, id: string, asked: Asked) => Promise<Bundle>

interface ExportAsked {
  subjectType: string
  subjectId: string
  format: 'json' | 'markdown'
  range?: Asked['range']
}

/** A bundle as one file. The export itself is recorded in the audit log before the first byte is sent. */
export async function exportBundle(scope: Scope, open: OpenBundle, { subjectType, subjectId, format, range }: ExportAsked): Promise<ExportFile> {
  const { kit, em, viewer } = scope
  if (!viewer.principal) throw new OpsError('unattributable_actor', 'Your account cannot be named in evidence, so it may not export.')
  const bundle = wholeBundle(await open(forExport(scope), subjectType, subjectId, { limit: maxExported, range }))
  await writeEvent(kit.db, em, {
    action: 'export_forensics',
    eventType: 'forensics.exported',
    outcome: 'succeeded',
    actor: viewer.principal,
    subject: { type: 'forensics', id: format },
    source: scope.source,
    requestId: scope.requestId,
    metadata: { filters: { subjectType, subjectId, range } },
  })
  kit.publishHint({ topic: 'audit', about: { type: 'forensics', id: format }, actor: viewer.principal })
  const text = format === 'json' ? `${JSON.stringify(bundle, null, 2)}\n` : writeMarkdown(bundle)
  return { file: fileNameOf(bundle), lines: once(text) }
}

/** The display policy decides about exports separately. */
function forExport(scope: Scope): Scope {
  const { viewer } = scope
  return { ...scope, viewer: { ...viewer, principal: viewer.principal, can: (action, resource) => viewer.can(action, resource), show: (kind, value, _surface, subject) => viewer.show(kind, value, 'export', subject) } }
}

/** A file has no next page: what it leaves out is a gap in it. */
function wholeBundle({ nextCursor, ...bundle }: Bundle): Bundle {
  const last = bundle.chronology.at(-1)
  if (nextCursor === undefined || !last) return bundle
  const { completeness: { state, reasons, gaps } } = bundle
  const cut = { source: last.source, to: last.at, reason: `This file holds the newest ${maxExported} items; older ones are left out` }
  return {
    ...bundle,
    completeness: { state: state === 'complete' ? 'partial_evidence' : state, reasons: [...(state === 'complete' ? [] : reasons), `${cut.reason}.`], gaps: [...gaps, cut] },
  }
}

function fileNameOf({ subject: { type, id } }: Bundle): string {
  return `forensics-${type}-${id}`.replace(/[^\w.-]+/g, '_').slice(0, 100)
}

async function* once(text: string): AsyncIterable<string> {
  yield text
}
