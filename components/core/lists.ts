import { spoken } from './words.ts'

const formats = new Map<string, Intl.ListFormat>()

/** `mail, exports, invoices`, in the language of the words. */
export function listText(items: readonly string[]): string {
  const { words, tag: own } = spoken()
  const tag = words ?? own
  let format = formats.get(tag)
  if (!format) formats.set(tag, (format = new Intl.ListFormat(tag, { type: 'conjunction', style: 'narrow' })))
  return format.format(items)
}
