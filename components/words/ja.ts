import type { Catalogue } from '../core/words.ts'

/** Japanese. Sorted by key, made complete with `scripts/words.ts`. */
export default {
  'Blocked': '停止中',
  'Needs Review': '要確認',
  'Resolved': '解決済み',
  'Runnable': '実行可能',
  'Waiting': '待機中',
} satisfies Catalogue
