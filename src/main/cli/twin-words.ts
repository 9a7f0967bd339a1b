/** What stands before every number of the synthetic twin that a command says or writes (docs/spec/twin.md T4). */
import { markLine } from '../../shared/domain/release-mark.ts'

/** Nothing for what is no twin's. @param study hash that names the question */
export function twinWords(isTwin: boolean, study: string): { isTwin?: true; mark?: string } {
  if (!isTwin) return {}
  return { isTwin: true, mark: markLine({ institution: '', study, upTo: null, isTwin }, 'en') }
}
