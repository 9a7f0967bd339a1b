/** This institution as the chain knows it: only a member asks. */
import { Failure } from '../../shared/std/failure.ts'
import type { Member } from '../node/chain/members.ts'
import type { ChainNode } from '../node/node.ts'

/** `not-member-yet`: it was let in, and its node has not come to the segment that says so. */
export class AskingFailure extends Failure<{ code: 'not-member-yet' }> {}

/** @throws {AskingFailure} */
export function ownMember({ member }: Pick<ChainNode, 'member'>): Member {
  if (member === null) throw new AskingFailure({ code: 'not-member-yet' })
  return member
}
