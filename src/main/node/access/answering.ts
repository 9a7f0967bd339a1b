/**
 * Answering another hospital that reads a patient's visits here: by policy, without a person, also while the screen is
 * locked. So the data keys come out of the gateway scope, which the node holds, and go out wrapped for that hospital's
 * sessions alone.
 */
import { equalBytes, toHex, type Bytes } from '../../../shared/std/bytes.ts'
import { Failure } from '../../../shared/std/failure.ts'
import { judgeAccess, type AccessContent } from '../chain/access.ts'
import { decodeHead } from '../chain/block.ts'
import { wrapForAccess } from '../chain/grant-wrap.ts'
import type { ChainId, MemberId } from '../chain/ids.ts'
import {
  decodeSignedItem,
  itemHashOf,
  openItemPart,
  verifyItemSignature,
  type SignedItem,
} from '../chain/item.ts'
import { decodeKeyRow, unwrapRow } from '../chain/key-box.ts'
import { findMember } from '../chain/members.ts'
import { contentOfItem } from '../chain/sealed-content.ts'
import { membersOf } from '../chain/state.ts'
import type { Crypto, Random } from '../crypto/crypto.ts'
import type { Ledger } from '../ledger.ts'
import {
  encodeAccessAnswer,
  GRANTED_MAX,
  refusalNumber,
  type AccessAnswerRefusal,
  type GrantedVersion,
} from '../network/protocols/access.ts'
import type { Peer } from '../network/transport.ts'
import { readBlock, readItemHeight } from '../storage/chain-store.ts'
import { readRows } from '../storage/key-box-store.ts'
import type { ReadableStore } from '../storage/store.ts'
import type { EpochKey } from '../vault/institution-keys.ts'
import type { AccessBook } from './access-book.ts'
import type { Answered, BulkAlarm } from './answered.ts'
import type { FoundVisit, PatientFinder } from './patient-finder.ts'

export interface AnsweringOptions {
  readonly store: ReadableStore
  readonly crypto: Crypto
  readonly random: Random
  readonly chainId: ChainId
  readonly memberId: MemberId
  readonly ledger: Ledger
  readonly gatewayEpochs: () => readonly EpochKey[]
  readonly finder: PatientFinder
  readonly book: AccessBook
  readonly answered: Answered
  readonly now: () => number
  /** Keeps the item until the chain has it: whoever asks cannot keep back what it asked for. */
  readonly keepItem: (from: MemberId, item: Bytes) => Promise<void>
  /** Hears of it before the answer goes out. @throws what keeps it from being noted: then there is no answer */
  readonly guard: (answered: AnsweredAccess) => Promise<void>
  /** It was answered: what is known of it now. */
  readonly onAnswered: (
    content: AccessContent,
    author: MemberId,
    alarms: readonly BulkAlarm[],
  ) => Promise<void>
}

/** What goes out to another hospital. */
export interface AnsweredAccess {
  readonly content: AccessContent
  readonly reader: MemberId
  readonly versions: readonly Bytes[]
}

export interface Answering {
  answer(from: Peer, item: Bytes): Promise<Bytes | number>
  /** Keys of these versions out of the gateway scope, wrapped for a hospital's sessions. */
  wrap(
    content: AccessContent,
    reader: { readonly memberId: MemberId; readonly custodianKey: Bytes },
    found: readonly FoundVisit[],
  ): Promise<GrantedVersion[]>
}

const BLOCKS_PER_BREATH = 16
/** A second at most: the reader tells its person after two that a hospital is away, and takes in what comes later. */
const LOOKS_MAX = 20
const LOOK_MS = 50

export function createAnswering(options: AnsweringOptions): Answering {
  const { store, crypto, random, chainId, memberId, ledger, finder, book } = options
  const refuse = (refusal: AccessAnswerRefusal): number => refusalNumber(refusal)

  async function answer(from: Peer, item: Bytes): Promise<Bytes | number> {
    const reader = findMember(membersOf(ledger.state.consortium), from.memberId)
    if (reader?.kind !== 'hospital') return refuse('not-permitted')
    const signed = decodeSignedItem(crypto, item)
    if (signed === null) return refuse('malformed')
    if (!(await isSignedBy(signed, item, from.memberId))) return refuse('not-yours')
    const opened = contentOf(signed)
    if (opened === 'no-key') return refuse('not-ready')
    if (opened === null) return refuse('malformed')
    const { author } = signed.item
    const now = options.now()
    const known = book.get(opened.accessId)
    const endedBy = known?.ends.find(
      (end) => equalBytes(end.author, known.author) || equalBytes(end.author, memberId),
    )
    const refusal = judgeAccess(
      opened,
      author,
      from.memberId,
      now,
      known && { content: known.content, author: known.author, endedAt: endedBy?.at ?? null },
    )
    if (refusal !== null) return refuse(refusal)
    await caughtUp()
    const found = (await finder.find(opened.patient)).filter((each) => equalBytes(each.author, memberId))
    if (found.length === 0) return encodeAccessAnswer([])
    const { isRefused, alarms } = await options.answered.note({
      accessId: opened.accessId,
      reader: author,
      userKeyId: opened.userKeyId,
      // Not the access but the patients in it: whoever puts forty people into one is counted forty times.
      patients: [...new Set(found.map(({ patient }) => toHex(patient.key).slice(0, 32)))],
      at: now,
      visitsPerDay: finder.visitsPerDay(author),
      mayRefuse: opened.basis !== 'break-glass',
    })
    await options.onAnswered(opened, author, alarms)
    await options.keepItem(from.memberId, item)
    if (isRefused) return refuse('too-many')
    const granted = await wrap(opened, reader, found)
    try {
      const versions = granted.map(({ merkleRoot }) => merkleRoot)
      await options.guard({ content: opened, reader: author, versions })
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      return refuse('not-ready')
    }
    return encodeAccessAnswer(granted)
  }

  /** Who asks knows of visits that are final; the own look at them may be a moment behind, and an answer is given once. */
  async function caughtUp(): Promise<void> {
    for (let look = 0; look < LOOKS_MAX && finder.foundUpTo < ledger.state.blockCount; look++) {
      if (look > 0) await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
      await finder.settled()
    }
  }

  /** Under the author's key in effect, or final already: then its signature was judged under the key of that height. */
  async function isSignedBy(signed: SignedItem, item: Bytes, from: MemberId): Promise<boolean> {
    if (!equalBytes(signed.item.author, from)) return false
    const key = ledger.authorKeys().get(toHex(from))
    if (key !== undefined && verifyItemSignature(crypto, chainId, signed, key)) return true
    return (await readItemHeight(store, itemHashOf(crypto, chainId, item))) !== null
  }

  function contentOf({ item }: SignedItem): AccessContent | 'no-key' | null {
    if (item.clear.kind !== 'sealed' || item.sealed === null) return null
    const { epoch } = item.sealed
    const key = options.gatewayEpochs().find((each) => each.epoch === epoch)?.key
    if (key === undefined) return 'no-key'
    const about = { kind: item.clear.kind, author: item.author, sequence: item.sequence }
    const bytes = openItemPart(crypto, chainId, about, item.sealed, key)
    const content = bytes === null ? null : contentOfItem(bytes, item.clear.kind)
    return content?.kind === 'access' ? content : null
  }

  async function wrap(
    content: AccessContent,
    reader: { readonly memberId: MemberId; readonly custodianKey: Bytes },
    found: readonly FoundVisit[],
  ): Promise<GrantedVersion[]> {
    const granted: GrantedVersion[] = []
    for (const [i, visit] of found.slice(0, GRANTED_MAX).entries()) {
      if (i % BLOCKS_PER_BREATH === BLOCKS_PER_BREATH - 1)
        await new Promise((resolve) => setImmediate(resolve))
      const dataKey = await dataKeyOf(visit)
      if (dataKey === null) continue
      const { merkleRoot, visitId, patient, author: custodian } = visit
      const { accessId, expiresAt } = content
      const about = {
        accessId,
        reader: reader.memberId,
        custodian,
        patientKey: patient.key,
        visitId,
        merkleRoot,
        expiresAt,
      }
      const wrapped = wrapForAccess(crypto, random, chainId, about, reader.custodianKey, dataKey)
      crypto.forget(dataKey)
      if (wrapped !== null) granted.push({ merkleRoot, visitId, patient, wrap: wrapped })
    }
    return granted
  }

  /** Null where it was erased, or is being mended. */
  async function dataKeyOf({ merkleRoot, index }: FoundVisit): Promise<Bytes | null> {
    const block = await readBlock(store, index)
    const head = block.kind === 'ok' ? decodeHead(block.value.head) : null
    if (head === null || !equalBytes(head.merkleRoot, merkleRoot)) return null
    for (const stored of await readRows(store, merkleRoot)) {
      const row = stored.kind === 'ok' ? decodeKeyRow(stored.row) : null
      const epochKey = options.gatewayEpochs().find(({ epoch }) => epoch === row?.epoch)?.key
      if (row?.scope !== 'gateway' || epochKey === undefined) continue
      const unwrapped = unwrapRow(crypto, chainId, row, { suite: 1, epochKey }, head.keyCommitment)
      if (unwrapped.kind === 'unwrapped') return unwrapped.dataKey
    }
    return null
  }

  return { answer, wrap }
}
