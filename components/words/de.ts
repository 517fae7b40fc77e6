import type { Catalogue } from '../core/words.ts'

/** German. Sorted by key, made complete with `scripts/words.ts`. */
export default {
  'Blocked': 'Blockiert',
  'Needs Review': 'Prüfung nötig',
  'Resolved': 'Erledigt',
  'Runnable': 'Lauffähig',
  'Waiting': 'Wartet',
} satisfies Catalogue
