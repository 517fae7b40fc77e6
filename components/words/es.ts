import type { Catalogue } from '../core/words.ts'

/** Spanish. Sorted by key, made complete with `scripts/words.ts`. */
export default {
  'Blocked': 'Bloqueado',
  'Needs Review': 'Requiere revisión',
  'Resolved': 'Resuelto',
  'Runnable': 'Ejecutable',
  'Waiting': 'En espera',
} satisfies Catalogue
