/**
 * What a liar says of studies: results that gateways never signed, the same result once more, words of somebody that is no gateway, checks
 * that do not count, suspensions of who did nothing, and true words from before an erasure. It has its own keys, what it has heard, and the key of a member that is no gateway.
 */
import { compareBytes, equalBytes } from '../src/shared/std/bytes.ts'
import type { ChainId } from '../src/main/node/chain/ids.ts'
import type { ItemClear } from '../src/main/node/chain/item.ts'
import { gatewaysOf, type Member } from '../src/main/node/chain/members.ts'
import { membersOf, type OpenStudy } from '../src/main/node/chain/state.ts'
import {
  attestationSignBytes,
  type Attested,
  type ResultItem,
  type WordHeights,
} from '../src/main/node/chain/study-items.ts'
import type { Crypto } from '../src/main/node/crypto/crypto.ts'
import type { Lie } from './faults.ts'
import type { NodeIdentity, SimNode } from './node.ts'
import type { Dice } from './random.ts'
import { ENGINE, type StudyTraffic } from './studies.ts'

export interface StudyLies {
  /** Items that this lie makes now; none where there is nothing to lie about. */
  make(lie: Lie): readonly ItemClear[]
}

export interface StudyLiesSetting {
  readonly crypto: Crypto
  readonly chainId: ChainId
  readonly node: SimNode
  readonly identity: NodeIdentity
  /** A member that is no gateway and has lent its key; null where there is none. */
  readonly lent: NodeIdentity | null
  readonly traffic: Pick<StudyTraffic, 'heard' | 'heightOf' | 'studyOf' | 'toldOf' | 'erasuresUpTo'>
  readonly dice: Dice
}

export function createStudyLies(setting: StudyLiesSetting): StudyLies {
  const { crypto, chainId, node, identity, lent, traffic, dice } = setting

  type Word = Pick<ResultItem, 'studyHash' | 'outcome' | 'resultHash'>
  const signedBy = ({ authorSecret }: NodeIdentity, word: Word, found: WordHeights): Uint8Array =>
    crypto.ed25519Sign(authorSecret, attestationSignBytes(chainId, word, ENGINE, found))
  const sorted = (list: readonly Attested[]): readonly Attested[] =>
    [...list].sort((a, b) => compareBytes(a.memberId, b.memberId))
  const isOwn = (memberId: Uint8Array): boolean => equalBytes(memberId, identity.memberId)
  const openOne = (): OpenStudy | null => {
    const { openStudies } = node.state.consortium
    return openStudies.length === 0 ? null : dice.pick(openStudies)
  }
  const gateways = (): Member[] => gatewaysOf(membersOf(node.state.consortium))

  const lastErasure = (): number => traffic.erasuresUpTo(node.state.height).at(-1)!

  /** Its own signature, and what looks like one of enough others. */
  function forgedResult(): ItemClear[] {
    const study = openOne()
    if (study === null) return []
    const word = { studyHash: study.studyHash, outcome: 'refused', resultHash: dice.bytes(32) } as const
    const erasureHeight = lastErasure()
    const found = { studyHeight: study.height, erasureHeight }
    const attestations = gateways().map(({ memberId }) => ({
      memberId,
      engine: ENGINE,
      signature: isOwn(memberId) ? signedBy(identity, word, found) : dice.bytes(64),
    }))
    const own = attestations.filter(({ memberId }) => isOwn(memberId))
    // Sometimes it is true, and of too few.
    const few = dice.chance(0.3) ? own : attestations
    return [{ kind: 'result', ...word, erasureHeight, attestations: sorted(few) }]
  }

  /** What others told, and among them the word of somebody that is no gateway: where that counts, more are needed too. */
  function strangersResult(): ItemClear[] {
    const study = openOne()
    if (study === null || lent === null) return []
    const told = traffic.toldOf(node, study, 'refused')
    const { erasureHeight } = told
    const signature = signedBy(lent, told, { studyHeight: study.height, erasureHeight })
    const stranger = { memberId: lent.memberId, engine: ENGINE, signature }
    return [{ ...told, attestations: sorted([...told.attestations, stranger]) }]
  }

  /** The same result again, in its own name: of an open study before it is decided, of a closed one after. */
  function doubleResult(): ItemClear[] {
    const heard = traffic.heard()
    return heard.length === 0 ? [] : [dice.pick(heard.slice(-5))]
  }

  /** Its own study, approved by itself; somebody else's, approved twice; one that needs no check. */
  function strangersChecks(): ItemClear[] {
    const { openStudies } = node.state.consortium
    const own = openStudies.filter((open) => open.chargeKind === 'by-rule' && isOwn(open.memberId))
    const study = own.length > 0 && dice.chance(0.5) ? own[0]! : openOne()
    const asked = own.length === 0 ? [traffic.studyOf(node, 'by-rule')] : []
    if (study === null) return asked
    const proposalHash = dice.chance(0.8) ? new Uint8Array(32).fill(1) : dice.bytes(32)
    const check = { kind: 'check', studyHash: study.studyHash, proposalHash, verdict: 'approve' } as const
    return [...asked, check, check]
  }

  /** An honest gateway, by the true word of others and a word that it never signed. */
  function falseSuspension(): ItemClear[] {
    const heard = traffic.heard().filter(({ outcome }) => outcome === 'answered')
    if (heard.length === 0) return []
    const { studyHash, outcome, resultHash, erasureHeight, attestations } = dice.pick(heard.slice(-5))
    const agreeing = new Set(attestations.map(({ memberId }) => memberId.join()))
    const silent = gateways().filter(({ memberId }) => !agreeing.has(memberId.join()) && !isOwn(memberId))
    const studyHeight = traffic.heightOf(studyHash)
    if (silent.length === 0 || studyHeight === null) return []
    const accused = dice.pick(silent)
    const said = { outcome, resultHash: dice.bytes(32) } as const
    const signature = dice.chance(0.5)
      ? signedBy(identity, { studyHash, ...said }, { studyHeight, erasureHeight })
      : dice.bytes(64)
    return [
      {
        kind: 'suspension',
        memberId: accused.memberId,
        reason: 'deviating-result',
        studyHash,
        studyHeight,
        erasureHeight,
        agreed: { outcome, resultHash },
        said: { ...said, engine: ENGINE, signature },
        attestations,
      },
    ]
  }

  /** What enough gateways had truly said of a study before an erasure, kept until they say otherwise. */
  function oldResult(): ItemClear[] {
    const erasures = traffic.erasuresUpTo(node.state.height)
    const { openStudies } = node.state.consortium
    const old = openStudies.flatMap((study) =>
      erasures
        .filter((_, i) => (erasures[i + 1] ?? 0) > study.height)
        .map((erasureHeight) => ({ study, erasureHeight })),
    )
    if (old.length === 0) return []
    const { study, erasureHeight } = dice.pick(old)
    const outcome = study.chargeKind === 'by-rule' ? 'refused' : 'answered'
    return [traffic.toldOf(node, study, outcome, erasureHeight)]
  }

  return {
    make(lie) {
      switch (lie) {
        case 'forged-result':
          return forgedResult()
        case 'strangers-result':
          return strangersResult()
        case 'double-result':
          return doubleResult()
        case 'strangers-check':
          return strangersChecks()
        case 'false-suspension':
          return falseSuspension()
        case 'old-result':
          return oldResult()
        default:
          return []
      }
    },
  }
}
