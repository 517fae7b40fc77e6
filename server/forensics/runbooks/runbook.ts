import { type Completeness, operationLabel, ownerships, type Queue, type Runbook, type RunbookStep } from '../../../schemas/index.ts'
import type { EngineFeature } from '../../engines/engine.ts'
import { redacted } from '../../host/display.ts'
import { parseMarkdown } from '../../host/markdown.ts'
import type { Scope } from '../../operations/scope.ts'

/** The part of a runbook that is specific to its subject, before the common parts are added. */
export interface Advice extends Pick<Runbook, 'title' | 'whyNow' | 'prerequisites' | 'cautions' | 'steps'> {
  /** Operations, or other abilities of an engine, that would help here. */
  needs: readonly EngineFeature[]
}

/** A step that can be taken here. */
export function here(text: string): RunbookStep {
  return { ownership: 'powertools_native', ownershipLabel: 'Powertools-native', text }
}

/** A step of the people at the host. */
export function byHost(text: string): RunbookStep {
  return { ownership: 'host_owned', ownershipLabel: ownerships.host_owned, text }
}

interface Context {
  /** The key of the host's own text: a class of incident or a type of subject. */
  key: string
  subject: { type: string; id: string }
  completeness: Pick<Completeness, 'state'>
  /** Abilities that something else provides here, although the engine lacks them. */
  provided?: readonly string[]
}

/** Adds what the engine cannot do, the host's own text, and the caution about gaps. */
export function runbookOf(scope: Scope, { needs, cautions, ...advice }: Advice, { key, subject, completeness, provided = [] }: Context): Runbook {
  const { lacks, cautions: ofEngine = {} } = scope.kit.engine
  return {
    ...advice,
    cautions: [...(completeness.state === 'complete' ? [] : ['The evidence has gaps: no record of a problem does not mean there was none.']), ...cautions, ...needs.flatMap((need) => ofEngine[need] ?? [])],
    unsupported: needs.flatMap((need) => {
      const why = lacks[need]
      return why === undefined || provided.includes(need) ? [] : [{ what: operationLabel(need), why }]
    }),
    host: hostText(scope, key, subject),
  }
}

/** Through the display policy, which may replace the text for this viewer. */
function hostText({ kit, viewer }: Scope, key: string, subject: Context['subject']): Runbook['host'] {
  const own = kit.runbooks.get(key)
  if (!own) return undefined
  const show = (text: string) => {
    const shown = viewer.show('incident_evidence', text, 'view_forensics', subject)
    return typeof shown === 'string' ? shown : redacted
  }
  const text = own.text === undefined ? '' : show(own.text)
  return {
    title: show(own.title),
    blocks: text === own.text ? own.blocks : parseMarkdown(text),
    links: own.links.filter(({ href }) => show(href) === href).map(({ label, href }) => ({ label: show(label), href })),
  }
}

/** What the executors of a queue do, although the engine cannot. */
export function providedBy({ operations }: Pick<Queue, 'operations'>, lacks: Readonly<Record<string, string>>): string[] {
  return Object.entries(operations).filter(([action, { reason }]) => reason !== lacks[action]).map(([action]) => action)
}
