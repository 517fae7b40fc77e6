import { explain } from '../explain.ts'

/** The result of one check, in a sentence. */
export interface Finding {
  check: string
  status: 'ok' | 'warning' | 'error'
  message: string
  /** What to do about it. */
  hint?: string
}

export const ok = (check: string, message: string): Finding => ({ check, status: 'ok', message })
export const warning = (check: string, message: string, hint?: string): Finding => ({ check, status: 'warning', message, hint })
export const error = (check: string, message: string, hint?: string): Finding => ({ check, status: 'error', message, hint })

/** A check that could not be carried out is itself an error. */
export function failed(check: string, thrown: unknown): Finding {
  return error(check, explain(thrown))
}

export function worst(findings: Finding[]): Finding['status'] {
  if (findings.some(({ status }) => status === 'error')) return 'error'
  return findings.some(({ status }) => status === 'warning') ? 'warning' : 'ok'
}
