/**
 * What the chain's items say of studies, added up by code of its own: what was charged and by whom, what was answered and whether people
 * had approved it by then.
 */
import { toHex } from '../../src/shared/std/bytes.ts'
import type { ChainId } from '../../src/main/node/chain/ids.ts'
import { decodeSignedItem, itemHashOf } from '../../src/main/node/chain/item.ts'
import type { ConsortiumState } from '../../src/main/node/chain/state.ts'
import { createSimCrypto } from '../crypto.ts'
import { STUDY_POLICY } from '../founding.ts'

export interface StudyBook {
  /** Items of a height; heights come in order. @returns what may not be, in words, or null */
  decided(height: number, items: readonly Uint8Array[], chainId: ChainId): string | null
  /** How a state after `height` differs from what the items say, in words; null where it does not. */
  difference(height: number, state: ConsortiumState): string | null
}

type Asked = {
  readonly name: string
  readonly isByRule: boolean
  isAnswered: boolean
  approvals: Map<string, number>
  isRefused: boolean
  approved: Set<string>
}

const CHECKERS = 2
const crypto = createSimCrypto()

export function createStudyBook(): StudyBook {
  const studies = new Map<string, Asked>()
  const sums = new Map<string, number>()
  let total = 0
  /** Sum of all charges after each height. */
  const totals = new Map<number, number>()

  function charge(who: string, isPublished: boolean, microRho: number): string | null {
    total += microRho
    const pool = isPublished ? 'published' : 'research'
    const requester = isPublished ? 'published' : `hospital ${who}`
    for (const name of new Set([pool, requester])) sums.set(name, (sums.get(name) ?? 0) + microRho)
    const { rhoYearMicro, rhoResearchMicro, rhoPublishedMicro, rhoHospitalMicro } = STUDY_POLICY
    const limits: readonly (readonly [string, number, number])[] = [
      ['year', total, rhoYearMicro],
      ['pool', sums.get(pool)!, isPublished ? rhoPublishedMicro : rhoResearchMicro],
      ['requester', sums.get(requester)!, isPublished ? rhoPublishedMicro : rhoHospitalMicro],
    ]
    const over = limits.find(([, sum, most]) => sum > most)
    return over === undefined ? null : `${over[1]} was charged where the ${over[0]} has ${over[2]}`
  }

  function take(bytes: Uint8Array, chainId: ChainId): string | null {
    const signed = decodeSignedItem(crypto, bytes)
    if (signed === null) return null
    const { clear, author } = signed.item
    const who = toHex(author)
    switch (clear.kind) {
      case 'study': {
        const name = `${who} ${toHex(clear.commitment)}`
        const isOpen = [...studies.values()].some((each) => each.name === name && !each.isAnswered)
        studies.set(toHex(itemHashOf(crypto, chainId, bytes)), {
          name,
          isByRule: clear.chargeKind === 'by-rule',
          isAnswered: false,
          approvals: new Map(),
          isRefused: false,
          approved: new Set(),
        })
        if (isOpen) return 'the same study is open twice, and was charged twice'
        return clear.chargeMicroRho === 0
          ? null
          : charge(who, clear.requesterClass === 'published', clear.chargeMicroRho)
      }
      case 'check': {
        const study = studies.get(toHex(clear.studyHash))
        if (study === undefined) return 'a check is of no study'
        const of = toHex(clear.proposalHash)
        if (clear.verdict === 'refuse') study.isRefused = true
        else if (!study.isRefused) {
          study.approvals.set(of, (study.approvals.get(of) ?? 0) + 1)
          if (study.approvals.get(of)! >= CHECKERS) study.approved.add(of)
        }
        return null
      }
      case 'result': {
        const study = studies.get(toHex(clear.studyHash))
        if (study === undefined) return 'a result is of nothing that was asked and charged before'
        if (study.isAnswered) return 'a study has two results'
        study.isAnswered = true
        const isUnchecked =
          study.isByRule && clear.outcome === 'answered' && !study.approved.has(toHex(clear.resultHash))
        return isUnchecked
          ? 'an answer by rule left that people had not approved before anybody refused'
          : null
      }
      default:
        return null
    }
  }

  return {
    decided(height, items, chainId) {
      let wrong: string | null = null
      for (const bytes of items) wrong = take(bytes, chainId) ?? wrong
      totals.set(height, total)
      return wrong
    },
    difference(height, { ledger }) {
      const sum = totals.get(height) ?? 0
      const kept = ledger.days.reduce((of, { microRho }) => of + microRho, 0)
      if (ledger.lifetimeMicroRho !== sum || kept !== sum)
        return `the ledger has ${ledger.lifetimeMicroRho} and ${kept} of the year, ${sum} was charged`
      return null
    },
  }
}
