import { html, type TemplateResult } from 'lit'
import type { AuditEvent } from '../../../schemas/audit.ts'
import { t } from '../../core/words.ts'
import type { FilterValues } from '../../parts/audit-filter-names.ts'
import { searchKeys, searchOf, valuesOf } from '../../parts/audit-filters.ts'
import '../../parts/range-picker.ts'
import type { PickedRange } from '../../parts/range-picker.ts'
import '../../parts/search-bar.ts'
import type { SearchDetail } from '../../parts/search-bar.ts'
import { segments } from '../../parts/segments.ts'

export interface Toolbar {
  values: FilterValues
  /** Already loaded; what they hold is offered while typing. */
  loaded: () => AuditEvent[]
  /** Whether what the system did is shown. */
  system: boolean
  change: (change: Partial<FilterValues>) => void
}

/** What the log is narrowed by: a search, when, and whether the system's own events are shown. */
export function toolbar({ values, loaded, system, change }: Toolbar): TemplateResult {
  // What is no instant is sent nevertheless, and the API says so; the picker could not show it.
  const instant = (text: string) => (Number.isNaN(Date.parse(text)) ? '' : text)
  const range: PickedRange = { last: values.last === 'today' ? '' : values.last, from: instant(values.from), to: instant(values.to) }
  return html`<div class="filters" part="filters">
    <ops-search
      hotkey="/"
      label=${t`Search the audit log`}
      placeholder=${t`by, on, event, outcome, or words of a reason`}
      .keys=${searchKeys(loaded)}
      .filters=${searchOf(values)}
      @ops-search=${({ detail }: CustomEvent<SearchDetail>) => change(valuesOf(detail.filters))}
    ></ops-search>
    <div class="presets">
      ${segments({
        label: t`When`,
        words: { '1h': t`Last hour`, today: t`Today`, '24h': t`Last 24 h` } as Record<string, string>,
        current: values.last,
        choose: (last) => change({ last: values.last === last ? '' : last, from: '', to: '' }),
        more: html`<ops-range .range=${range} label=${t`When`} @ops-range=${({ detail: { last = '', from = '', to = '' } }: CustomEvent<PickedRange>) => change({ last, from, to })}></ops-range>`,
      })}
      ${segments({ label: t`Whose`, words: { '': t`Everyone`, people: t`People`, 'not-me': t`Not me` } as Record<string, string>, current: values.who, choose: (who) => change({ who }) })}
      <label class="system-rows"><input type="checkbox" .checked=${system} @change=${(event: Event) => change({ system: (event.target as HTMLInputElement).checked ? 'yes' : 'no' })} /> ${t`System`}</label>
    </div>
  </div>`
}
