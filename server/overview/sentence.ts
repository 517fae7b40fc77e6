import { countOf, type Trouble } from '../../schemas/index.ts'
import type { FigureAge } from '../figures/age.ts'

/** The facts behind the sentence on top of the overview. */
export interface WorkFacts {
  /** How fresh the figures are. */
  figures: FigureAge
  /** When the figures were measured; null: never. */
  measuredAt: string | null
  /** null: unknown. */
  moving: boolean | null
  waiting: number
  /** The engine does not report whether jobs finish. */
  silent: boolean
  /** Whether an open incident already reports that work has stopped. */
  explained: boolean
  /** When jobs that failed for good were last counted, if that is too long ago to count as current. */
  failuresCountedAt: string | null
  /** How many cron entries and queues are paused. */
  paused: { entries: number; queues: number }
}

export interface Told {
  sentence: string
  troubles: Trouble[]
  rest: string
}

const maxTroubles = 4

/**
 * The sentence on top: one problem per line, worst first, and then a summary of everything else. What is not known is
 * called unknown, never fine.
 *
 * @param base path of the pages, where `more` leads
 */
export function tellWork(facts: WorkFacts, troubles: Trouble[], base: string): Told {
  const halted = facts.moving === false && !facts.explained ? [haltedTrouble(facts, base)] : []
  const all = [...halted, ...troubles]
  const shown = all.length > maxTroubles ? [...all.slice(0, maxTroubles - 1), moreTrouble(all.slice(maxTroubles - 1), base)] : all
  const uncounted = facts.failuresCountedAt === null ? '' : `Jobs that failed for good were last counted at ${facts.failuresCountedAt}.`
  const rest = [tellRest(facts, shown.length > 0, halted.length > 0), uncounted].filter(Boolean).join(' ')
  return { sentence: [...shown.map(({ text }) => text), rest].filter(Boolean).join(' '), troubles: shown, rest }
}

function haltedTrouble({ waiting }: WorkFacts, base: string): Trouble {
  return { status: 'blocked', text: `${countOf(waiting, 'job is', 'jobs are')} waiting, and none has finished in five minutes.`, href: `${base}/list?state=available` }
}

function moreTrouble([first, ...others]: Trouble[], base: string): Trouble {
  return { status: first!.status, text: `${others.length + 1} more things need attention.`, href: `${base}/incidents` }
}

function tellRest(facts: WorkFacts, troubled: boolean, halted: boolean): string {
  const { figures, measuredAt } = facts
  if (measuredAt === null) return 'Nothing has been measured yet, so whether work is moving is unknown.'
  if (figures === 'lagging') return `The figures are lagging: they were last measured at ${measuredAt}.`
  if (figures === 'unknown') return `Nothing has been measured since ${measuredAt}, so whether work is moving is unknown.`
  const work = tellWaiting(facts, troubled, halted)
  return [work, tellPauses(facts.paused)].filter(Boolean).join(' ')
}

/** Empty if work has stopped, because that has already been reported. */
function tellWaiting({ moving, waiting, silent }: WorkFacts, troubled: boolean, halted: boolean): string {
  if (waiting === 0) return `No ${troubled ? 'other ' : ''}jobs are waiting.`
  if (moving) return `${troubled ? 'The rest' : 'Work'} is moving.`
  return halted || !silent ? '' : `${countOf(waiting, 'job is', 'jobs are')} waiting; the engine does not report whether any has finished.`
}

function tellPauses({ entries, queues }: WorkFacts['paused']): string {
  const parts = [...(queues ? [countOf(queues, 'queue')] : []), ...(entries ? [countOf(entries, 'cron entry', 'cron entries')] : [])]
  if (!parts.length) return ''
  const text = parts.join(' and ')
  return `${text.charAt(0).toUpperCase()}${text.slice(1)} ${entries + queues === 1 ? 'is' : 'are'} paused.`
}
