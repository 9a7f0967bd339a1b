/** The number under which an insurer knows a person, as records hold it. */
import type { ChainNode } from '../node/node.ts'

/** An HMAC under the linkage key: equal wherever the same number is entered or imported, and never the number. */
export function memberTokenOf({ patientKey }: Pick<ChainNode, 'patientKey'>, memberNumber: string): string {
  return patientKey(`member|${memberNumber.normalize('NFKC').trim()}`).key
}
