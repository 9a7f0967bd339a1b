/**
 * What a gateway keeps of studies, sealed in the store of its node: where each of them stands, what this gateway said, what would leave, and
 * the cohorts of studies by rule as bitmaps. Whoever takes the disk reads nothing of it.
 */
import { toHex, utf8Decode, utf8Encode, type Bytes } from '../../shared/std/bytes.ts'
import { assert, present } from '../../shared/std/assert.ts'
import type { NodeSeal } from '../node/access/node-seal.ts'
import { encode, tryDecode, type Cbor } from '../node/chain/codec.ts'
import type { ItemHash, MemberId } from '../node/chain/ids.ts'
import {
  aboutStudyFromCbor,
  aboutStudyToCbor,
  attestedFromCbor,
  attestedToCbor,
  STUDY_ITEM_NUMBER,
  type Attested,
  type CheckVerdict,
  type ResultOutcome,
  type StudyItem,
} from '../node/chain/study-items.ts'
import { gatewayKey, keyTail, rangeOf } from '../node/storage/buckets.ts'
import { put, type Store, type Write } from '../node/storage/store.ts'
import type { RuleCheck } from '../privacy/rules/rule-check.ts'

/**
 * `waiting`: nothing was computed. `proposed`: two people are to look. `decided`: this gateway has its word. `closed`: the chain has a result.
 * `expired`: it is over and has none.
 */
export type Stage = 'waiting' | 'proposed' | 'decided' | 'closed' | 'expired'

export interface Word {
  readonly outcome: ResultOutcome
  readonly resultHash: Bytes
}

export interface StudyResult extends Word {
  readonly height: number
  /** Which engines gave it. */
  readonly engines: readonly string[]
  /** As of which erasure; null in a row from before that was kept. */
  readonly erasureHeight: number | null
  /** Of its segment, milliseconds since 1970. */
  readonly time: number
  readonly attestations: readonly Attested[]
}

export interface GatewayStudy {
  readonly studyHash: ItemHash
  readonly item: StudyItem
  readonly author: MemberId
  readonly height: number
  /** Among all studies, in the order of the chain. */
  readonly place: number
  /** Of its segment, milliseconds since 1970. */
  readonly time: number
  readonly stage: Stage
  /** Null before the document was read, and for one that cannot be. */
  readonly requestHash: Bytes | null
  /** What this gateway says. */
  readonly word: Word | null
  /** With which engine that, or what is proposed, was found. */
  readonly engine: string | null
  /** Of the last erasure that was looked at for it; null as `engine`. */
  readonly erasureHeight: number | null
  /** What the chain says, and by whose words. */
  readonly result: StudyResult | null
  /** Of a study by rule: how the rules judged it here. */
  readonly judged: 'to-be-checked' | 'refused' | null
  /** Of the last erasure that was looked at for that; null as `judged`. */
  readonly judgedAsOf: number | null
  readonly checks: readonly {
    readonly memberId: MemberId
    readonly proposalHash: Bytes
    readonly verdict: CheckVerdict
  }[]
}

export interface GatewayBook {
  /** Whether there is a key to seal under. */
  readonly isReady: boolean
  /** All, in the order of the chain. */
  list(): readonly GatewayStudy[]
  find(studyHash: Bytes): GatewayStudy | null
  /** A study that is new here. Durable when it resolves. */
  add(study: GatewayStudy): Promise<void>
  /** Known as changed at once, durable when it resolves, with what goes with it. @returns what it is then */
  change(
    studyHash: Bytes,
    to: (current: GatewayStudy) => GatewayStudy,
    beside?: { readonly answer?: Bytes; readonly checks?: readonly RuleCheck[] },
  ): Promise<GatewayStudy>
  /** What this gateway computed: what it would give, or what would leave once two people agree. */
  answerOf(studyHash: Bytes): Promise<Bytes | null>
  checksOf(studyHash: Bytes): Promise<readonly RuleCheck[] | null>
  /** The bitmap of these people at the snapshot. */
  wordsOf(snapshotHash: Bytes, people: Bytes): Promise<Uint32Array | null>
  saveWords(snapshotHash: Bytes, people: Bytes, words: Uint32Array): Promise<void>
}

const [STUDY, ANSWER, CHECKS, WORDS] = [0, 1, 2, 3]
const VERSION = 5
const STAGES: readonly Stage[] = ['waiting', 'proposed', 'decided', 'closed', 'expired']
const JUDGED = ['to-be-checked', 'refused'] as const
const OUTCOMES: readonly ResultOutcome[] = ['answered', 'refused', 'identical', 'differs', 'not-recomputable']
const VERDICTS: readonly CheckVerdict[] = ['approve', 'refuse']

export async function openGatewayBook(store: Store, seal: NodeSeal): Promise<GatewayBook> {
  const studies = new Map<string, GatewayStudy>()
  for await (const { key, value } of store.scan(rangeOf('z/w', Uint8Array.of(STUDY)))) {
    const content = seal.open(key, value)
    const study = content === null ? null : studyFromBytes(keyTail('z/w', key).slice(1) as ItemHash, content)
    if (study !== null) studies.set(toHex(study.studyHash), study)
  }
  const read = async (key: Bytes): Promise<Bytes | null> => {
    const value = await store.get(key)
    return value === null ? null : seal.open(key, value)
  }
  const sealed = (key: Bytes, content: Bytes) => put(key, seal.seal(key, content))
  /** In the order in which they changed. */
  let turn: Promise<unknown> = Promise.resolve()
  const write = (writes: readonly Write[]): Promise<void> => {
    const done = turn.then(() => store.commit(writes))
    turn = done.catch(() => {})
    return done
  }

  return {
    get isReady() {
      return seal.isReady
    },
    list: () => [...studies.values()].sort((a, b) => a.place - b.place),
    find: (studyHash) => studies.get(toHex(studyHash)) ?? null,
    async add(study) {
      await write([sealed(gatewayKey(STUDY, study.studyHash), studyToBytes(study))])
      studies.set(toHex(study.studyHash), study)
    },
    async change(studyHash, to, { answer, checks } = {}) {
      // In memory first: what comes while this is being written must not undo it.
      const study = to(present(studies.get(toHex(studyHash)), 'a study that changes is known'))
      studies.set(toHex(studyHash), study)
      await write([
        sealed(gatewayKey(STUDY, studyHash), studyToBytes(study)),
        ...(answer === undefined ? [] : [sealed(gatewayKey(ANSWER, studyHash), answer)]),
        ...(checks === undefined
          ? []
          : [sealed(gatewayKey(CHECKS, studyHash), utf8Encode(JSON.stringify(checks)))]),
      ])
      return study
    },
    answerOf: (studyHash) => read(gatewayKey(ANSWER, studyHash)),
    async checksOf(studyHash) {
      const bytes = await read(gatewayKey(CHECKS, studyHash))
      if (bytes === null) return null
      const kept = JSON.parse(utf8Decode(bytes)) as (Omit<RuleCheck, 'madeOf'> & Partial<RuleCheck>)[]
      // An earlier version kept no totals: what follows from them is not shown then.
      return kept.map((check) => ({ ...check, madeOf: check.madeOf ?? [] }))
    },
    async wordsOf(snapshotHash, people) {
      const bytes = await read(gatewayKey(WORDS, snapshotHash, people))
      if (bytes === null) return null
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      return Uint32Array.from({ length: bytes.length / 4 }, (_, i) => view.getUint32(4 * i, true))
    },
    async saveWords(snapshotHash, people, words) {
      const bytes = new Uint8Array(4 * words.length)
      const view = new DataView(bytes.buffer)
      for (const [i, word] of words.entries()) view.setUint32(4 * i, word, true)
      await write([sealed(gatewayKey(WORDS, snapshotHash, people), bytes)])
    },
  }
}

function studyToBytes(study: GatewayStudy): Bytes {
  const { item, author, height, place, time, stage, requestHash, word, engine, erasureHeight } = study
  const { result, judged, judgedAsOf, checks } = study
  return encode([
    VERSION,
    aboutStudyToCbor(item),
    author,
    height,
    place,
    time,
    STAGES.indexOf(stage),
    requestHash,
    word && [OUTCOMES.indexOf(word.outcome), word.resultHash],
    engine,
    erasureHeight,
    result && [
      OUTCOMES.indexOf(result.outcome),
      result.resultHash,
      result.height,
      [...result.engines],
      result.erasureHeight,
      result.time,
      attestedToCbor(result.attestations),
    ],
    judged && JUDGED.indexOf(judged),
    judgedAsOf,
    checks.map((each) => [each.memberId, each.proposalHash, VERDICTS.indexOf(each.verdict)]),
  ])
}

/** Null for another version: the chain tells the items again. What opens was sealed here, so its shape is ours. */
function studyFromBytes(studyHash: ItemHash, bytes: Bytes): GatewayStudy | null {
  const slots = tryDecode(bytes)
  if (!Array.isArray(slots) || slots[0] !== VERSION) return null
  const [, clear, author, height, place, time, stage, requestHash, word, engine, erasureHeight] =
    slots as Cbor[]
  const [result, judged, judgedAsOf, checks] = (slots as Cbor[]).slice(11)
  const item = present(aboutStudyFromCbor(STUDY_ITEM_NUMBER.study, clear), 'a kept study decodes')
  assert(item.kind === 'study', 'a kept study is one')
  const wordOf = ([outcome, resultHash]: readonly Cbor[]): Word => ({
    outcome: OUTCOMES[outcome as number]!,
    resultHash: resultHash as Bytes,
  })
  const resultOf = (value: readonly Cbor[]): StudyResult => ({
    ...wordOf(value),
    height: value[2] as number,
    engines: value[3] as string[],
    erasureHeight: (value[4] ?? null) as number | null,
    time: (value[5] ?? 0) as number,
    attestations: attestedFromCbor(value[6]) ?? [],
  })
  return {
    studyHash,
    item,
    author: author as MemberId,
    height: height as number,
    place: place as number,
    time: time as number,
    stage: STAGES[stage as number]!,
    requestHash: requestHash as Bytes | null,
    word: word === null ? null : wordOf(word as Cbor[]),
    engine: engine as string | null,
    erasureHeight: erasureHeight as number | null,
    result: result === null ? null : resultOf(result as Cbor[]),
    judged: judged === null ? null : JUDGED[judged as number]!,
    judgedAsOf: judgedAsOf as number | null,
    checks: (checks as Cbor[][]).map(([memberId, proposalHash, verdict]) => ({
      memberId: memberId as MemberId,
      proposalHash: proposalHash as Bytes,
      verdict: VERDICTS[verdict as number]!,
    })),
  }
}
