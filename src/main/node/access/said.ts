/** What a record says of its patient and its place, and all that the finder of a patient's visits keeps of it. */
import { fromHex, type Bytes } from '../../../shared/std/bytes.ts'
import type { PatientName } from '../chain/access.ts'
import type { MemberId } from '../chain/ids.ts'
import type { Field } from '../chain/record.ts'
import { ENUMS } from '../chain/visit-fields.ts'

export interface Said {
  readonly author: MemberId
  readonly visitId: Bytes
  readonly op: (typeof ENUMS.op)[number]
  /** Merkle root of the version before; null for a first one. */
  readonly supersedes: Bytes | null
  /** The name by which it is found. */
  readonly patient: PatientName
}

/** The form of fields was checked before the record became final. */
export function saidIn(fields: readonly Field[], author: MemberId): Said | null {
  const textOf = (name: string) => {
    const value = fields.find(([each]) => each === name)?.[1]
    return typeof value === 'string' ? value : null
  }
  const key = fields.find(([name]) => name === 'patient.key')?.[1]
  const op = ENUMS.op.find((each) => each === textOf('op'))
  const visitId = textOf('visitId')
  if (op === undefined || visitId === null || !Array.isArray(key)) return null
  const [hex, epoch] = key as (string | null)[]
  const supersedes = textOf('supersedes')
  return {
    author,
    visitId: fromHex(visitId),
    op,
    supersedes: supersedes === null ? null : fromHex(supersedes),
    patient: { key: fromHex(hex!), epoch: Number(epoch) },
  }
}
