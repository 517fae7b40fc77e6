import type { Catalogue } from '../core/words.ts'

/** Arabic. Sorted by key, made complete with `scripts/words.ts`. */
export default {
  'Blocked': 'متوقفة',
  'Needs Review': 'تحتاج إلى مراجعة',
  'Resolved': 'تم الحل',
  'Runnable': 'جاهزة للتشغيل',
  'Waiting': 'قيد الانتظار',
} satisfies Catalogue
