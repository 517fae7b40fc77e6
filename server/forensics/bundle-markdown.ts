import { type Block, type Bundle, type ChronologyItem, chronologySources, completenessStates, type EvidenceLine, followUpStatuses, type NextPath, provenances, type Span, subjectStatuses } from '../../schemas/index.ts'
import { codeBlock, codeSpan, escapeMarkdown } from './markdown-text.ts'

const e = escapeMarkdown

/** A bundle as a document for a post-mortem. Whatever comes from a job, a person or the host is escaped: it cannot break out of its place. */
export function writeMarkdown(bundle: Bundle): string {
  const parts = [head(bundle), evidence(bundle), boundary(bundle), chronology(bundle), paths(bundle.nextPaths), runbook(bundle.runbook), followUp(bundle), linked(bundle)]
  return `${parts.filter(Boolean).join('\n\n')}\n`
}

function head({ subject, diagnosis, window, asOf }: Bundle): string {
  return lines([
    `# ${e(subject.label)}`,
    '',
    `**${subjectStatuses[diagnosis.status]}**: ${e(diagnosis.title)}`,
    '',
    e(diagnosis.detail),
    '',
    `- Subject: ${codeSpan(subject.type)} ${codeSpan(subject.id)}`,
    `- Provenance: ${provenances[diagnosis.provenance]}`,
    ...(window ? [`- Window: ${e(window.from)} to ${e(window.to)}`] : []),
    `- As of ${e(asOf)}`,
  ])
}

function evidence({ evidence }: Bundle): string {
  if (!evidence) return ''
  const { error, before, after, measured, ruledOut, cause } = evidence
  const facts = (title: string, values: typeof before) => (values ? ['', `### ${title}`, '', ...values.map(({ label, value }) => `- ${e(label)}: ${e(value)}`)] : [])
  return lines(['## Evidence', ...(error === undefined ? [] : ['', codeBlock(error)]), ...facts('Figures', evidence.facts), ...facts('Before', before), ...facts('After', after),
    ...found('What was measured', measured), ...found('Ruled out', ruledOut), ...found('Cause', cause && [cause])])
}

/** Each line with its share of the problem and where it comes from. */
function found(title: string, lines: EvidenceLine[] | undefined): string[] {
  if (!lines?.length) return []
  const line = ({ label, share, note }: EvidenceLine) => {
    const beside = [...(share === undefined ? [] : [`${Math.round(share * 100)} %`]), ...(note === undefined ? [] : [e(note)])].join(', ')
    return `- ${e(label)}${beside ? ` (${beside})` : ''}`
  }
  return ['', `### ${title}`, '', ...lines.map(line)]
}

/** How far all this reaches stands before what it says. */
function boundary({ completeness: { state, reasons, gaps }, withheld }: Bundle): string {
  return lines([
    '## How complete this is',
    '',
    `**${completenessStates[state]}**`,
    '',
    ...reasons.map((reason) => `- ${e(reason)}`),
    ...gaps.map(({ source, from, to, reason }) => `- Gap in ${chronologySources[source].label}${from ? ` from ${e(from)}` : ''}${to ? ` to ${e(to)}` : ''}: ${e(reason)}`),
    ...(withheld.length ? [`- Withheld from the reader who exported this: ${e(withheld.join(', '))}`] : []),
  ])
}

function chronology({ chronology }: Bundle): string {
  return lines(['## Chronology', '', 'Newest first. That one thing precedes another does not make it the cause.', '', ...(chronology.length ? chronology.map(itemLine) : ['Nothing is recorded.'])])
}

function itemLine({ at, to, source, provenance, label, detail, outcome, ref }: ChronologyItem): string {
  const until = to ? ` to ${e(to)}` : ''
  const unsuccessful = outcome === undefined || outcome === 'succeeded' ? '' : ` (${e(outcome)})`
  return `- ${e(at)}${until}, ${chronologySources[source].label}, ${provenances[provenance]}: ${e(label)}${unsuccessful}${detail ? `: ${e(detail)}` : ''} ${codeSpan(`${ref.type}:${ref.id}`)}`
}

function paths(nextPaths: NextPath[]): string {
  const line = ({ ownershipLabel, posture, label, detail, operation }: NextPath, index: number) => {
    const refused = operation && !operation.allowed ? ` (not allowed: ${e(operation.reason ?? 'no reason given')})` : ''
    return `${index + 1}. **${e(ownershipLabel)}**, ${e(posture)}: ${e(label)}${refused}${detail ? `. ${e(detail)}` : ''}`
  }
  return lines(['## What may be done', '', ...nextPaths.toSorted((a, b) => a.order - b.order).map(line)])
}

function runbook({ title, whyNow, prerequisites, cautions, steps, unsupported, host }: Bundle['runbook']): string {
  const section = (name: string, items: string[]) => (items.length ? ['', `### ${name}`, '', ...items] : [])
  return lines([
    `## Runbook: ${e(title)}`,
    '',
    `Why now: ${e(whyNow)}`,
    ...section('Prerequisites', prerequisites.map(({ label, met }) => `- ${met === null ? 'unknown' : met ? 'met' : 'not met'}: ${e(label)}`)),
    ...section('Cautions', cautions.map((caution) => `- ${e(caution)}`)),
    ...section('Steps', steps.map(({ ownershipLabel, text }, index) => `${index + 1}. **${e(ownershipLabel)}**: ${e(text)}`)),
    ...section('Not supported', unsupported.map(({ what, why }) => `- ${e(what)}: ${e(why)}`)),
    ...(host ? section(`From the host: ${e(host.title)}`, [...host.blocks.map(blockText), ...host.links.map(({ label, href }) => `- ${linkText(e(label), href)}`)]) : []),
  ])
}

/** The host's text, written anew from its blocks. */
function blockText(block: Block): string {
  if (block.type === 'code') return `\n${codeBlock(block.text)}\n`
  if (block.type === 'heading') return `\n#### ${spansText(block.spans)}\n`
  if (block.type === 'paragraph') return `\n${spansText(block.spans)}\n`
  return `\n${block.items.map(({ depth, spans }) => `${'  '.repeat(depth)}- ${spansText(spans)}`).join('\n')}\n`
}

function spansText(spans: Span[]): string {
  return spans.map(({ text, code, strong, em, href }) => {
    const written = code ? codeSpan(text) : `${/^\s/.test(text) ? ' ' : ''}${e(text)}${/\s$/.test(text) ? ' ' : ''}`
    if (href !== undefined) return linkText(written, href)
    return (strong || em) && written.trim() === written && written !== '' ? `${strong ? '**' : '*'}${written}${strong ? '**' : '*'}` : written
  }).join('')
}

/** In angle brackets, with the few characters that could end the address encoded. */
function linkText(label: string, href: string): string {
  return `[${label}](<${href.replace(/[<>\\\s]/g, (character) => encodeURIComponent(character))}>)`
}

function followUp({ followUp }: Bundle): string {
  if (!followUp) return ''
  const { status, detail, at } = followUp
  return lines(['## Follow-up of the host', '', `**${followUpStatuses[status]}**${at ? ` at ${e(at)}` : ''}${detail ? `: ${e(detail.replace(/\.$/, ''))}` : ''}. Whether a message reached anybody is for the host to confirm.`])
}

function linked({ linkedResources }: Bundle): string {
  return linkedResources.length ? lines(['## Linked', '', ...linkedResources.map(({ type, id, label }) => `- ${e(label)}: ${codeSpan(`${type}:${id}`)}`)]) : ''
}

function lines(all: string[]): string {
  return all.join('\n')
}
