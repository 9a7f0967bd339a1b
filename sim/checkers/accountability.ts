/**
 * Who must have lied where a height was decided twice: whoever signed two things that exclude each other, or voted for
 * another value after its precommit without a quorum of prevotes in between that would have allowed it (amnesia). At
 * least f + 1 are to be named by the signatures alone, and nobody who kept to the rules.
 */
import { toHex } from '../../src/shared/std/bytes.ts'
import { keyOf } from '../../src/main/node/chain/ids.ts'
import type { Vote } from '../../src/main/node/chain/vote.ts'
import type { Message } from '../../src/main/node/consensus/engine/messages.ts'

export interface Accountability {
  /** Everything that anybody signed and sent, liars too. */
  saw(message: Message): void
  /** Keys of members that are guilty of a height's two decisions. */
  guilty(height: number, quorum: number): Set<string>
}

type Signed = {
  readonly type: Vote['type'] | 'proposal'
  readonly round: number
  readonly value: string | null
}

export function createAccountability(): Accountability {
  const signedBy = new Map<number, Map<string, Map<string, Signed>>>()

  function note(height: number, member: Uint8Array, signed: Signed): void {
    let members = signedBy.get(height)
    if (members === undefined) signedBy.set(height, (members = new Map<string, Map<string, Signed>>()))
    const name = keyOf(member)
    let own = members.get(name)
    if (own === undefined) members.set(name, (own = new Map<string, Signed>()))
    own.set(`${signed.type}/${signed.round}/${signed.value}`, signed)
  }

  return {
    saw(message) {
      if (message.kind === 'votes')
        for (const { vote } of message.votes) {
          const { type, height, round, segmentId, memberId } = vote
          note(height, memberId, { type, round, value: segmentId && toHex(segmentId) })
        }
      if (message.kind === 'proposal') {
        const { height, round, segmentId, memberId } = message.signed.proposal
        note(height, memberId, { type: 'proposal', round, value: toHex(segmentId) })
      }
    },
    guilty(height, quorum) {
      const members = signedBy.get(height) ?? new Map<string, Map<string, Signed>>()
      const isProven = (value: string, round: number): boolean => {
        let count = 0
        for (const own of members.values()) if (own.has(`prevote/${round}/${value}`)) count++
        return count >= quorum
      }
      const named = new Set<string>()
      for (const [name, own] of members) {
        const all = [...own.values()]
        const isTwoFaced = all.some((a) =>
          all.some((b) => a.type === b.type && a.round === b.round && a.value !== b.value),
        )
        const locks = all.filter((signed) => signed.type === 'precommit' && signed.value !== null)
        const forgets = locks.some((lock) =>
          all.some(
            (vote) =>
              vote.type === 'prevote' &&
              vote.value !== null &&
              vote.value !== lock.value &&
              vote.round > lock.round &&
              !range(lock.round, vote.round).some((round) => isProven(vote.value!, round)),
          ),
        )
        if (isTwoFaced || forgets) named.add(name)
      }
      return named
    },
  }
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i)
}
