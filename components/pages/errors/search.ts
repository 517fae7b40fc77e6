/** The content of the search field: words of the error, and the values of `worker:`, `queue:`, `version:` and `state:`. */
export interface Search {
  text: string
  worker: string
  queue: string
  version: string
  state: string
}

const keys = ['worker', 'queue', 'version', 'state'] as const

export function parseSearch(typed: string): Search {
  const search: Search = { text: '', worker: '', queue: '', version: '', state: '' }
  const rest = typed.replace(/(?:^|\s)(worker|queue|version|state):(?:"([^"]*)"|(\S*))/g, (_, key: (typeof keys)[number], quoted?: string, plain?: string) => {
    search[key] = (quoted ?? plain ?? '').trim()
    return ' '
  })
  return { ...search, text: rest.replace(/(?:^|\s)error:/g, ' ').replace(/\s+/g, ' ').trim() }
}

export function writeSearch(search: Search): string {
  const written = keys.filter((key) => search[key]).map((key) => `${key}:${/\s/.test(search[key]) ? `"${search[key]}"` : search[key]}`)
  return [...written, search.text].filter(Boolean).join(' ')
}
