/** A chain in memory with an answered study, and everything that a package of it holds. */
import { encodeRelease, type Release } from '../privacy/answers/release.ts'
import { encodeDocument } from '../privacy/request/study-document.ts'
import { encodeRequest } from '../privacy/request/request-bytes.ts'
import type { Output } from '../privacy/request/outputs.ts'
import { toHex, utf8Encode, type Bytes } from '../../shared/std/bytes.ts'
import { present } from '../../shared/std/assert.ts'
import { blockHashOf } from '../node/chain/block.ts'
import {
  crypto,
  createInstitution,
  fieldsOf,
  finalise,
  foundConsortium,
  heldBy,
  makeItem,
  sampleVisit,
  sealVisits,
  type Consortium,
  type Institution,
} from '../node/chain/consortium.test-kit.ts'
import { encodeDiffers } from '../gateway/differing-cells.ts'
import { encode } from '../node/chain/codec.ts'
import type { ItemHash, SegmentId } from '../node/chain/ids.ts'
import { contributionSignBytes, itemHashOf, type ItemClear } from '../node/chain/item.ts'
import { policyHash } from '../node/chain/policy.ts'
import { attestationSignBytes, commitmentOf, studyRulesOf } from '../node/chain/study-items.ts'
import { decodeSegment, segmentIdOf } from '../node/chain/segment.ts'
import type { ChargeKind } from '../node/chain/privacy-ledger.ts'
import { labelHash } from '../node/crypto/labels.ts'
import { proveItems, type ItemsProof } from '../node/prove-items.ts'
import { prepareChainStore, readSegment, segmentWrites } from '../node/storage/chain-store.ts'
import { createMemoryStore, type MemoryStore } from '../node/storage/memory.ts'
import type { Attestation } from '../node/studies/study-exchange.ts'
import type { PackageParts } from './study-package.ts'

export interface PackagedStudy extends PackageParts {
  readonly consortium: Consortium
  /** Holds the chain. */
  readonly store: MemoryStore
  readonly studyHash: ItemHash
}
export interface StudyAsked {
  readonly output?: Output
  readonly release?: Release
  /** Of lane 2 in place of a release. */
  readonly byRule?: unknown
  /** Hospitals that sign the result, of four. */
  readonly signers?: number
  /** Those that approve it, of lane 2. */
  readonly checkers?: number
  /** As many as the consortium decides that are needed, before it declares the snapshot. */
  readonly checkersMin?: number
  /** What the signers ran, in their order; where none is named, one and the same. */
  readonly engines?: readonly string[]
  /** Hospitals agree to an erasure before the gateways agree. */
  readonly isErasedBefore?: boolean
  /** A protocol that is registered before. */
  readonly plan?: unknown
  /** The model is charged as one of that protocol. */
  readonly isRegisteredModel?: boolean
  readonly title?: string
  /** Numbers that the recomputation finds otherwise; none where absent. */
  readonly differing?: readonly string[]
  /** What the fifth hospital, whose word is in no result, finds of the recomputation; it says nothing where absent. */
  readonly fifthFinds?: 'same' | 'otherwise' | 'nothing'
  /** With which engine; that of the others where absent. */
  readonly fifthRuns?: string
  /** The chain names it for it. */
  readonly isSuspended?: boolean
}

const COHORT = '{"entry":"anybody","title":""}'
const STUDY = '{"models":[{"family":"cox"}],"title":""}'

/** Found, record, declare, register, ask, answer, compute again, review; a fifth hospital joins on the way. */
export async function packagedStudy(asked: StudyAsked = {}): Promise<PackagedStudy> {
  const consortium = foundConsortium({ voters: 4, others: ['university'] })
  const { chainId, random, institutions } = consortium
  const [a, b, c, d, university] = institutions as [
    Institution,
    Institution,
    Institution,
    Institution,
    Institution,
  ]
  const fifth = createInstitution(random, 'Hospital 5')
  const all: Consortium = { ...consortium, institutions: [...institutions, fifth] }
  const store: MemoryStore = createMemoryStore()
  await prepareChainStore(store, consortium.signedGenesis, random(16))
  let state = consortium.start
  let sequence = 0
  /** Of the segment that holds an item, by its hash. */
  const heights = new Map<string, number>()
  const earlier = new Map<number, { segmentId: SegmentId; headsRoot: Bytes; segmentsRoot: Bytes }>()

  async function decide(author: Institution | null, clear: ItemClear | null, visits = 0): Promise<ItemHash> {
    const records = sealVisits(
      consortium,
      a,
      Array.from({ length: visits }, (_, n) => fieldsOf(sampleVisit(sequence * 10 + n))),
    )
    const sealed = clear?.kind === 'erasure' ? { epoch: 0, box: random(12 + 1_024 + 16) } : null
    const items =
      author === null || clear === null ? [] : [makeItem(consortium, author, clear, ++sequence, { sealed })]
    const earlierAt = (height: number) => earlier.get(height) ?? null
    const height = state.height + 1
    const { bundle, state: after } = finalise(
      all,
      state,
      { records, items },
      { isKnownRecord: () => false, earlierAt },
    )
    const blocks = bundle.heads.map((head, i) => ({
      index: state.blockCount + i,
      hash: blockHashOf(crypto, chainId, head),
      root: records[i]!.merkleRoot,
      head,
      body: records[i]!.body,
      sequence: null,
    }))
    const parts = {
      segment: bundle.segment,
      certificate: present(bundle.certificate),
      items: [...bundle.items],
    }
    await store.commit(segmentWrites(height, parts, blocks, []))
    const { headsRoot, segmentsRoot } = present(decodeSegment(bundle.segment))
    const segmentId = segmentIdOf(crypto, chainId, bundle.segment)
    earlier.set(height, { segmentId, headsRoot, segmentsRoot })
    state = after
    if (items.length === 0) return new Uint8Array(32) as ItemHash
    const itemHash = itemHashOf(crypto, chainId, items[0]!)
    heights.set(toHex(itemHash), height)
    return itemHash
  }

  await decide(null, null, 3)
  await decide(a, { kind: 'membership', change: 'add', member: fifth.member, approvals: [] })
  if (asked.checkersMin !== undefined)
    await decide(a, { kind: 'policy', name: 'checkersMin', value: asked.checkersMin, approvals: [] })
  await decide(null, null, 1)
  await decide(null, null, 1)
  const named = earlier.get(1)!
  const contributions = [a, b].map(({ member, authorSecret }) => {
    const sealed = encode([0, random(60)])
    const signBytes = contributionSignBytes(
      chainId,
      { height: 1, segmentId: named.segmentId },
      member.memberId,
      sealed,
    )
    return { memberId: member.memberId, sealed, signature: crypto.ed25519Sign(authorSecret, signBytes) }
  })
  const snapshotHash = await decide(b, {
    kind: 'snapshot',
    height: 1,
    ...named,
    policyHash: policyHash(crypto, chainId, state.consortium.policy),
    contributions,
  })

  const isByRule = asked.byRule !== undefined
  const output = asked.output ?? { kind: 'count' }
  const sha = (text: string) => crypto.sha256(utf8Encode(text))
  const requestBytes = isByRule
    ? encode(['by-rule/1', snapshotHash, sha(STUDY)])
    : encodeRequest({
        snapshot: snapshotHash,
        cohort: sha(COHORT),
        cleaning: null,
        followUp: null,
        output,
        microRho: 2_000,
      })
  const salt = random(32)
  const document = encodeDocument({
    salt,
    lane: isByRule ? 'rule' : 'noise',
    requestBytes,
    cohortText: isByRule ? null : COHORT,
    cleaningText: null,
    followUpText: null,
    studyText: isByRule ? STUDY : null,
    purpose: 'research',
    title: asked.title ?? 'Diabetes after sixty',
  })
  const commitment = commitmentOf(crypto, chainId, university.member.memberId, document)
  const protocol =
    asked.plan === undefined
      ? null
      : utf8Encode(JSON.stringify({ format: 'consilium-protocol/1', plan: asked.plan, text: '', title: '' }))
  let registration: ItemHash | null = null
  if (protocol !== null) {
    const protocolHash = labelHash(crypto, 'consilium/protocol/1', chainId, protocol)
    registration = await decide(university, { kind: 'registration', protocolHash })
  }
  const ask = (chargeKind: ChargeKind, of: ItemHash | null, hidden: Bytes) =>
    decide(university, {
      kind: 'study',
      commitment: hidden,
      requesterClass: 'university',
      chargeKind,
      chargeMicroRho: chargeKind === 'count' || chargeKind === 'registered-model' ? 2_000 : 0,
      snapshotHash,
      studyId: new Uint8Array(16).fill(7),
      of,
      ...studyRulesOf(state.consortium.policy),
      held: heldBy(consortium, hidden).slice(0, 2),
    })
  const studyHash =
    asked.isRegisteredModel === true
      ? await ask('registered-model', registration, commitment)
      : await ask(isByRule ? 'by-rule' : 'count', null, commitment)
  const answer = isByRule
    ? encode(['release-by-rule/1', JSON.stringify(asked.byRule)])
    : encodeRelease(asked.release ?? { kind: 'count', count: { value: 120n, halfWidth: 31n } })
  const resultHash = labelHash(crypto, 'consilium/result/1', chainId, answer)
  for (const hospital of [a, b, c].slice(0, isByRule ? (asked.checkers ?? 2) : 0))
    await decide(hospital, { kind: 'check', studyHash, proposalHash: resultHash, verdict: 'approve' })
  const attested = (
    of: ItemHash,
    outcome: 'answered' | 'identical' | 'differs',
    found: Bytes = resultHash,
  ) => {
    const clear = {
      kind: 'result' as const,
      studyHash: of,
      outcome,
      resultHash: found,
      erasureHeight: state.consortium.erasureHeight,
      attestations: [],
    }
    const at = { studyHeight: present(heights.get(toHex(of))), erasureHeight: clear.erasureHeight }
    const attestations = [a, b, c, d, fifth]
      .slice(0, asked.signers ?? 4)
      .map(({ member, authorSecret }, i) => {
        const engine = asked.engines?.[i] ?? 'test/1'
        const signBytes = attestationSignBytes(chainId, clear, engine, at)
        return { memberId: member.memberId, engine, signature: crypto.ed25519Sign(authorSecret, signBytes) }
      })
    return { ...clear, attestations }
  }
  if (asked.isErasedBefore === true) await decide(b, { kind: 'erasure' })
  await decide(d, attested(studyHash, 'answered'))
  const again = await ask('recompute', studyHash, random(32))
  const differs = asked.differing === undefined ? null : encodeDiffers(asked.differing)
  await decide(
    d,
    differs === null
      ? attested(again, 'identical')
      : attested(again, 'differs', labelHash(crypto, 'consilium/result/1', chainId, differs)),
  )
  const words: Attestation[] = []
  if (asked.fifthFinds !== undefined) {
    const agreed = attested(again, 'identical')
    const { erasureHeight, attestations } = agreed
    const other = { studyHash: again, outcome: 'differs', resultHash: random(32) } as const
    const none = { ...other, outcome: 'refused' } as const
    const word = { same: agreed, otherwise: other, nothing: none }[asked.fifthFinds]
    const engine = asked.fifthRuns ?? 'test/1'
    const studyHeight = present(heights.get(toHex(again)))
    const signBytes = attestationSignBytes(chainId, word, engine, { studyHeight, erasureHeight })
    const signature = crypto.ed25519Sign(fifth.authorSecret, signBytes)
    const { outcome, resultHash: found } = word
    const said = { outcome, resultHash: found, engine, signature }
    words.push({ ...said, studyHash: again, erasureHeight, memberId: fifth.member.memberId })
    if (asked.isSuspended === true)
      await decide(a, {
        kind: 'suspension',
        memberId: fifth.member.memberId,
        reason: 'deviating-result',
        studyHash: again,
        studyHeight,
        erasureHeight,
        agreed: { outcome: agreed.outcome, resultHash: agreed.resultHash },
        said,
        attestations,
      })
  }
  await decide(university, {
    kind: 'review',
    studyHash,
    packageHash: random(32),
    verdict: 'confirmed',
    textHash: random(32),
  })

  return {
    consortium,
    store,
    studyHash,
    document,
    studyText: isByRule ? STUDY : null,
    answer,
    protocol,
    differing: differs === null ? [] : [differs],
    words,
    proof: await proofOfEverything(store, state.blockCount),
  }

  /** Every item that the chain holds. */
  async function proofOfEverything(of: MemoryStore, blockCount: number): Promise<ItemsProof> {
    const wanted: ItemHash[] = []
    for (const [height] of earlier) {
      const segment = await readSegment(of, height)
      if (segment.kind === 'ok')
        wanted.push(...segment.value.items.map((bytes) => itemHashOf(crypto, chainId, bytes)))
    }
    const found = await proveItems(crypto, of, wanted, {
      isCancelled: () => false,
      onProgress: () => {},
      blockCount,
    })
    if (found.kind !== 'proven') throw new Error(found.kind)
    return found.proof
  }
}
