import '../../components/parts/chart.ts'
import { gapsOf, frameOf, roundTop, stepsOf } from '../../components/parts/chart/geometry.ts'
import type { ChartPoint, OpsChart } from '../../components/parts/chart.ts'
import { histogram, histogramStyles } from '../../components/parts/histogram.ts'
import { parseRange } from '../../components/parts/range.ts'
import { rangeControl } from '../../components/parts/range-control.ts'
import { segmentStyles } from '../../components/parts/segments.ts'
import { OpsElement } from '../../components/core/element.ts'
import { base } from '../../components/theme/base.ts'
import { html } from 'lit'
import { accessible, all, clear, equal, excludes, includes, ok, press, seen, until } from './support.ts'

const minute = 60_000
const end = Math.floor(Date.now() / minute) * minute
const time = (minutes: number): string => new Date(end + minutes * minute).toISOString()

/** An hour: nobody measured from minute 14 to 18, and something fails from minute 32. */
function hour(value: (index: number) => number = () => 40): ChartPoint[] {
  return Array.from({ length: 60 }, (_, index) => ({
    at: time(index - 60),
    value: index >= 14 && index < 19 ? null : value(index),
    ...(index >= 32 && { failed: 5 }),
  }))
}

/** A page as ours are: tokens and base styles around the charts. */
class ChartHost extends OpsElement {
  static override styles = [...base, histogramStyles, segmentStyles]
  content: unknown
  override render() {
    return this.content as ReturnType<typeof html>
  }
}
customElements.define('chart-host', ChartHost)

async function show(content: unknown, theme: 'light' | 'dark' = 'light'): Promise<ChartHost> {
  const host = document.createElement('chart-host') as ChartHost
  host.content = content
  host.theme = theme
  host.style.width = '600px'
  document.body.append(host)
  await host.updateComplete
  await Promise.all(all<OpsChart>(host, 'ops-chart').map((chart) => chart.updateComplete))
  return host
}

const marks = [{ at: time(-29), kind: 'deploy' as const, label: 'v412' }, { at: time(-10), kind: 'operation' as const, label: 'ops-demo paused mails' }]

function chart(over: Partial<OpsChart> = {}) {
  const given = { label: 'Finished per minute', series: hour(), from: time(-60), to: time(0), marks, unit: 'jobs', ...over }
  return html`<ops-chart
    .label=${given.label} .kind=${given.kind ?? 'bars'} .series=${given.series} .from=${given.from} .to=${given.to} .marks=${given.marks}
    .unit=${given.unit} .group=${given.group ?? ''} .hrefOf=${given.hrefOf} .usual=${given.usual} .ticks=${given.ticks ?? false} .step=${given.step}
  ></ops-chart>`
}

const slider = (host: Element, index = 0) => all<HTMLElement>(host, '[role=slider]')[index]!

async function key(host: Element, name: string, index = 0) {
  press(name, slider(host, index))
  await Promise.all(all<OpsChart>(host, 'ops-chart').map((each) => each.updateComplete))
}

describe('ops-chart', () => {
  afterEach(clear)

  it('describes its trend, failures, gaps and deploys in words', async () => {
    const host = await show(chart())
    const words = all(host, 'svg')[0]!.getAttribute('aria-label')!
    for (const part of ['Finished per minute: steady over 59 min', '140 jobs failed in all', 'not measured for 5 min', 'deployed v412 at']) includes(words, part)
  })

  it('draws unmeasured time as a band with a dashed bridge, and never as zero', async () => {
    for (const kind of ['bars', 'line'] as const) {
      const host = await show(chart({ kind }))
      equal(all(host, '.gap').length, 1, 'bands')
      ok(/^M[\d.]+ [\d.]+[HL]/.test(all(host, '.bridges')[0]!.getAttribute('d')!), 'a bridge')
      clear()
    }
  })

  it('does not call the newest minutes a gap, which are still to be measured', () => {
    const series = hour().slice(0, 58)
    const frame = frameOf(series, time(-60), time(0), minute)
    equal(gapsOf(stepsOf(series, frame), frame).map(([first, last]) => (last.at - first.at) / minute + 1), [5])
    const old = frameOf(series.slice(0, 50), time(-60), time(0), minute)
    equal(gapsOf(stepsOf(series.slice(0, 50), old), old).length, 2, 'a gap of ten minutes is one')
  })

  it('ends its scale at a round number that no value exceeds', () => {
    for (const [value, top] of [[0, 1], [0.3, 0.3], [1, 1], [7, 8], [8.1, 10], [41, 50], [61, 80], [97, 100], [1284, 2000], [3000, 3000]] as const) {
      const got = roundTop([{ at: 0, value, failed: 0 }])
      ok(Math.abs(got - top) < 1e-9, `${value} below ${top}, got ${got}`)
    }
  })

  it('shows the maximum, both ends of the time axis, what is usual, and the version of a deploy', async () => {
    const host = await show(chart({ usual: { low: 38, high: 46 } }))
    for (const part of ['40', 'usual 38–46', 'now', 'v412']) includes(seen(host), part)
  })

  it('shows a deploy of this very minute at the edge, and none of another time', async () => {
    const just = { at: new Date(end + 20_000).toISOString(), kind: 'deploy' as const, label: 'v413' }
    const host = await show(chart({ marks: [just, { at: time(-90), kind: 'deploy', label: 'v400' }, { at: time(5), kind: 'deploy', label: 'v499' }] }))
    equal(all<HTMLElement>(host, '.deploy').map((mark) => mark.style.insetInlineStart), ['100%'])
    includes(seen(host), 'v413')
  })

  it('leaves out a version that the next one would cover', async () => {
    const close = [{ at: time(-29), kind: 'deploy' as const, label: 'v412' }, { at: time(-27), kind: 'deploy' as const, label: 'v413' }]
    const host = await show(chart({ marks: close }))
    equal(all(host, '.deploy').length, 2, 'uprights')
    excludes(seen(host), 'v412')
    includes(seen(host), 'v413')
  })

  it('tells the value of a minute by keys, and opens what is behind it with Enter', async () => {
    const opened: string[] = []
    const host = await show(chart({ hrefOf: (from, to) => `/ops/jobs/list?from=${from}&to=${to}` }))
    host.addEventListener('ops-navigate', (event) => {
      event.preventDefault()
      opened.push((event as CustomEvent<{ href: string }>).detail.href)
    })
    await key(host, 'End')
    await key(host, 'ArrowLeft')
    includes(slider(host).getAttribute('aria-valuetext')!, '40 jobs, 5 jobs failed')
    includes(seen(all(host, '.tip')[0]), '40 jobs, 5 jobs failed')
    for (let step = 0; step < 43; step += 1) await key(host, 'ArrowLeft')
    includes(slider(host).getAttribute('aria-valuetext')!, 'not measured')
    await key(host, 'Enter')
    equal(opened, [`/ops/jobs/list?from=${time(-45)}&to=${time(-44)}`])
    await key(host, 'Escape')
    equal(all(host, '.tip').length, 0, 'tips')
  })

  it('names a deploy and an operation in the minute in which they were', async () => {
    const host = await show(chart())
    await key(host, 'Home')
    for (let step = 0; step < 31; step += 1) await key(host, 'ArrowRight')
    includes(seen(all(host, '.tip')[0]), 'v412 deployed')
  })

  it('has one cursor for the charts of a group, and its own without one', async () => {
    const host = await show(html`${chart({ group: 'vitals' })}${chart({ group: 'vitals', label: 'Failed' })}${chart({ label: 'Alone' })}`)
    await key(host, 'Home')
    equal(all(host, '.tip').length, 2, 'tips')
    equal(all<OpsChart>(host, 'ops-chart').map((each) => all(each, '.cursor').length), [1, 1, 0])
  })

  it('gives the values under the pointer', async () => {
    const host = await show(chart())
    const plot = all<HTMLElement>(host, '.plot')[0]!
    const { left, width, top } = plot.getBoundingClientRect()
    plot.dispatchEvent(new PointerEvent('pointermove', { clientX: left + width * 0.99, clientY: top + 5, bubbles: true, composed: true }))
    await until(() => seen(all(host, '.tip')[0]).includes('40 jobs'), 'the tip')
    plot.dispatchEvent(new PointerEvent('pointerleave'))
    await until(() => all(host, '.tip').length === 0, 'no tip')
  })

  it('gives all values as a table on demand', async () => {
    const host = await show(chart())
    const show_ = all<HTMLButtonElement>(host, '.as-table')[0]!
    show_.click()
    const rows = await until(() => all(host, 'tbody tr').length === 60 && all(host, 'tbody tr'), 'the rows')
    includes(seen(rows[0]), '40 jobs')
    includes(seen(rows[45]), 'not measured')
  })

  it('shows nothing but its frame when nothing was measured', async () => {
    const host = await show(chart({ series: [], marks: [], step: minute }))
    includes(all(host, 'svg')[0]!.getAttribute('aria-label')!, 'not measured yet')
    equal(all(host, '.gap').length, 1, 'the whole hour is a gap')
  })

  it('stays small in the document however many steps it has', async () => {
    const series = Array.from({ length: 1440 }, (_, index) => ({ at: time(index - 1440), value: index % 50, failed: index % 3 }))
    const host = await show(chart({ series, from: time(-1440) }))
    ok(all(host, 'ops-chart *').length < 40, `${all(host, 'ops-chart *').length} elements`)
  })

  for (const theme of ['light', 'dark'] as const) {
    it(`is accessible with charts, histograms, the range control and a table, ${theme}`, async () => {
      document.body.style.background = theme === 'dark' ? '#0f1318' : '#f6f7f9'
      const host = await show(
        html`<h2>Charts</h2>${rangeControl(parseRange('24h'), () => undefined)} ${chart({ group: 'a' })} ${chart({ kind: 'line', label: 'Waiting', ticks: true, group: 'a' })}
          ${histogram({ values: [1, null, 5, 0], top: 5, label: '6 failures in an hour' })}`,
        theme,
      )
      await key(host, 'End')
      all<HTMLButtonElement>(host, '.as-table')[0]!.click()
      await until(() => all(host, 'tbody tr').length > 0, 'the table')
      await accessible(host)
    })
  }
})
