/** Two entries of the table said to be one person: the same statement whether a clerk says it or a message does. */
import { randomBytes } from 'node:crypto'
import { equalBytes, fromHex } from '../../shared/std/bytes.ts'
import { inOrder } from '../node/hospital-statements.ts'
import type { LinkContent } from '../node/chain/sealed-statements.ts'
import type { PatientRow } from '../patients/patient-row.ts'
import type { Desk } from './context.ts'
import { personGroups } from './person-groups.ts'

type SaidLink =
  | { kind: 'queued' }
  /** One entry, or two whose patient key is one. */
  | { kind: 'same' }
  | { kind: 'already-linked' }
  | { kind: 'not-a-hospital' }

export async function sayLink(
  desk: Pick<Desk, 'node' | 'names' | 'keys'>,
  [row, other]: readonly [PatientRow, PatientRow],
  { reason, text, at }: Pick<LinkContent, 'reason' | 'text' | 'at'>,
): Promise<SaidLink> {
  const { node, keys } = desk
  if (row.patientId === other.patientId) return { kind: 'same' }
  if ((await personGroups(desk)).entriesOf(row.patientId).includes(other.patientId))
    return { kind: 'already-linked' }
  const one = node.patientKey(row.keySource)
  const two = node.patientKey(other.keySource)
  const [first, second] = inOrder(fromHex(one.key), fromHex(two.key))
  if (equalBytes(first, second)) return { kind: 'same' }
  const said = await node.statements.say({
    kind: 'link',
    linkId: new Uint8Array(randomBytes(16)),
    first,
    second,
    keyEpoch: one.epoch,
    reason,
    text,
    userKeyId: keys.person.userKeyId,
    at,
  })
  return said === null ? { kind: 'not-a-hospital' } : { kind: 'queued' }
}
