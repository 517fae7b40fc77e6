import { reopenGroup, resolveGroup } from './resolve.ts'
import { silenceGroup, unsilenceGroup } from './silence.ts'

export const errorOperations = {
  resolve_error_group: resolveGroup,
  reopen_error_group: reopenGroup,
  silence_error_group: silenceGroup,
  unsilence_error_group: unsilenceGroup,
}
