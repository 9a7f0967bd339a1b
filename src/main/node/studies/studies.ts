/**
 * Studies as a node takes part in them (docs/spec/gateways.md): the exchange between members, the index of what became of each, the
 * snapshots. What is computed and checked is the gateway's.
 */
import { equalBytes, type Bytes } from '../../../shared/std/bytes.ts'
import { Failure } from '../../../shared/std/failure.ts'
import { createNodeSeal } from '../access/node-seal.ts'
import type { ItemHash } from '../chain/ids.ts'
import { decodeSignedItem, itemHashOf, type ItemClear, type SealedPart } from '../chain/item.ts'
import { DAY_MS } from '../chain/limits.ts'
import { KEY_BYTES } from '../crypto/crypto.ts'
import { openFinalItems, type FinalItem, type FinalItems, type FinalItemsOptions } from '../final-items.ts'
import {
  decodeStudyRequest,
  studyRefusalNumber,
  type StudyAnswerRefusal,
} from '../network/protocols/studies.ts'
import type { Peer, Transport } from '../network/transport.ts'
import type { SharedKeys } from '../shared-keys.ts'
import { StorageFailure, type Store } from '../storage/store.ts'
import { createAnswers } from './answers.ts'
import { nameOf, reachableGateways, type Around } from './around.ts'
import { openAttestations } from './attestations.ts'
import { openEnvelopes } from './envelopes.ts'
import type { Closed } from './late-words.ts'
import { openPublished } from './published.ts'
import { createSnapshots, type Snapshots } from './snapshots.ts'
import type { StudyExchange } from './study-exchange.ts'
import { openStudyIndex, type StudyIndex, type StudyRow } from './study-index.ts'

export interface Studies {
  readonly exchange: StudyExchange
  readonly index: StudyIndex
  readonly snapshots: Snapshots
}

export interface StudiesOfNode extends Studies {
  /** A final item, in order; maybe again after a crash. */
  take(item: FinalItem): Promise<void>
  /** What is final was read further, or somebody came within reach. */
  nudge(): void
  close(): Promise<void>
}

export interface StudiesOptions extends Omit<Around, 'transport'> {
  readonly store: Store
  readonly transport: Pick<Transport, 'request' | 'isUp' | 'onRequest' | 'onPeer' | 'penalise'> | null
  readonly shared: Pick<SharedKeys, 'studies' | 'gateway' | 'add'>
  /** Own items that wait. */
  readonly submittedHere: () => readonly Bytes[]
  /** As what an own item is said now that was overtaken by another one of this member. */
  readonly currentOf: (itemHash: Bytes) => Promise<ItemHash>
  readonly propose: (
    clear: ItemClear,
    seal: ((sequence: number) => SealedPart) | null,
    notAfterHeight: number,
  ) => Promise<ItemHash>
  /** For the reader that tells a gateway: what is told here was taken by `take` before. */
  readonly items: Pick<
    FinalItemsOptions,
    'height' | 'isMember' | 'isHospital' | 'hasEpoch' | 'gatewayKey' | 'onUnknownEpoch'
  >
  /** Resolves when what is final by now was read. */
  readonly settled: () => Promise<void>
  /** A halted node writes nothing and so answers nothing. */
  readonly isHalted: () => boolean
  /** The store failed: nothing may be signed any more. */
  readonly onFailure: (error: unknown) => void
}

/** What was not delivered or told is tried again this often, besides when a member comes within reach. */
const AGAIN_MS = 5_000
/** Within so many heights an item about a study is decided; one that others overtook leaves the lists soon. */
export const ITEM_HEIGHTS = 1_000
/** An index that is still being read at a start holds no question up for longer. */
const CATCH_UP_MS = 2_000
const TOLD: ReadonlySet<string> = new Set<ItemClear['kind']>([
  'study',
  'result',
  'check',
  'review',
  'registration',
  'snapshot',
  'suspension',
  'erasure',
])

export async function openStudies(options: StudiesOptions): Promise<StudiesOfNode> {
  const { store, crypto, random, chainId, ledger, transport, shared, now } = options
  // What is kept of studies is the institution's own; universities have no key of records to seal it under.
  if (shared.studies().length === 0) await shared.add('studies', [{ epoch: 0, key: random(KEY_BYTES) }])
  const seal = createNodeSeal(crypto, random, chainId, () => shared.studies())
  const around: Around = options
  const attestations = await openAttestations(store, around, closedOf)
  const askedAt = new Map<string, number>()
  const index = openStudyIndex({
    store,
    asked: askedRows,
    isHeld: attestations.isHeld,
    dayRead: () => (hasReadAll() ? Math.floor(ledger.state.lastTime / DAY_MS) : null),
  })
  const envelopes = await openEnvelopes(
    store,
    seal,
    around,
    async (author, commitment) => (await index.finalStudyOf(author, commitment)) !== null,
    hasReadAll,
  )
  const answers = createAnswers(store, seal, around, index)
  const published = openPublished(around, index, envelopes, answers)
  const snapshots = createSnapshots({ around, store, gatewayEpochs: () => shared.gateway(), submit })
  let reader: Promise<FinalItems> | null = null
  let telling: FinalItems | null = null
  let working: Promise<void> | null = null
  let isAgain = false
  let isClosed = false
  const timer = setInterval(nudge, AGAIN_MS)
  timer.unref?.()

  transport?.onRequest('studies', (from, question) => answer(from, question))
  transport?.onPeer(({ kind }) => {
    if (kind === 'up') nudge()
  })

  async function submit(
    clear: ItemClear,
    sealPart?: (sequence: number) => SealedPart,
  ): Promise<{ itemHash: ItemHash }> {
    if (clear.kind === 'study') {
      const before = await submittedBefore(clear.commitment)
      if (before !== null) return { itemHash: before }
    }
    const itemHash = await options.propose(clear, sealPart ?? null, ledger.state.height + ITEM_HEIGHTS)
    if (clear.kind === 'study') askedAt.set(nameOf(itemHash), Math.floor(now()))
    return { itemHash }
  }

  /** Whoever fell over before it heard of its study asks again, and must not pay again: also when it is closed by now. */
  async function submittedBefore(commitment: Bytes): Promise<ItemHash | null> {
    const waiting = askedRows().find((row) => equalBytes(row.commitment, commitment))
    if (waiting !== undefined) return waiting.studyHash
    await options.settled()
    return index.finalStudyOf(options.memberId, commitment)
  }

  /** Own studies that are not final yet, newest first. */
  function askedRows(): StudyRow[] {
    const rows: StudyRow[] = []
    for (const bytes of options.submittedHere()) {
      const item = decodeSignedItem(crypto, bytes)?.item
      if (item?.clear.kind !== 'study') continue
      const { kind: _, held: __, ...asks } = item.clear
      const studyHash = itemHashOf(crypto, chainId, bytes)
      const time = askedAt.get(nameOf(studyHash)) ?? Math.floor(now())
      const nothing = {
        height: null,
        state: 'asked' as const,
        result: null,
        checks: [],
        reviews: [],
        suspensions: [],
      }
      rows.push({ ...asks, ...nothing, studyHash, author: item.author, time })
    }
    return rows.reverse()
  }

  async function answer(from: Peer, question: Bytes): Promise<Bytes | number> {
    const request = decodeStudyRequest(question)
    if (options.isHalted()) return studyRefusalNumber('not-ready')
    if (request === null) {
      transport?.penalise(from.name, 'violation')
      return studyRefusalNumber('malformed')
    }
    const said = await answerTo()
    return typeof said === 'string' ? studyRefusalNumber(said) : said

    async function answerTo(): Promise<Bytes | StudyAnswerRefusal> {
      switch (request!.kind) {
        case 'hold':
          return envelopes.hold(from, request!.envelope)
        case 'want':
          return envelopes.want(from, request!.commitment)
        case 'attest':
          return attestations.takeIn(from, request!.attestation)
        case 'attestations':
          return attestations.answer(from, request!.studyHash)
        case 'answer':
          await caughtUp()
          return answers.answer(from, request!.studyHash)
        case 'published':
          await caughtUp()
          return published.answer(request!.studyHash)
        case 'contribute':
          return snapshots.contribute(from, request!.height, request!.segmentId)
      }
    }
  }

  /** One round at a time; what comes meanwhile is one more. */
  function nudge(): void {
    if (isClosed) return
    void reader?.then((opened) => opened.nudge())
    if (working !== null) {
      isAgain = true
      return
    }
    working = round()
      .catch((error: unknown) => {
        if (isClosed) return
        if (!(error instanceof Failure) || error instanceof StorageFailure) options.onFailure(error)
      })
      .finally(() => {
        working = null
        if (!isAgain) return
        isAgain = false
        nudge()
      })
  }

  async function round(): Promise<void> {
    if (options.isHalted()) return
    await attestations.signAgain()
    await attestations.closeOver()
    // A gateway that hangs holds up neither the other gateways nor what else is to be done.
    void attestations.tell().catch(ignoreRefusal)
    await envelopes.deliver()
    await published.fetch()
    await snapshots.considerDue()
  }

  async function authorOf(commitment: Bytes): Promise<StudyRow['author'] | null> {
    const open = ledger.state.consortium.openStudies.find((each) => equalBytes(each.commitment, commitment))
    return open?.memberId ?? null
  }

  const exchange: StudyExchange = {
    send: (document) => envelopes.send(document),
    heldBy: (commitment) => envelopes.heldBy(commitment),
    async documentOf(commitment, studyHash) {
      const document = await envelopes.documentOf(commitment, await authorOf(commitment))
      return document ?? (studyHash === undefined ? null : published.documentOf(studyHash))
    },
    documentHere: (commitment) => envelopes.kept(commitment),
    async attest(word) {
      await attestations.attest(word)
      nudge()
    },
    attestationsOf: (studyHash) => attestations.of(studyHash),
    attestationsBeside: (studyHash, from) => attestations.beside(studyHash, from),
    reachableGateways: () => reachableGateways(around).map(({ memberId }) => memberId),
    answerOf: (studyHash) => answers.of(studyHash),
    answerHere: (studyHash) => answers.here(studyHash),
    keepAnswer: (studyHash, bytes) => answers.keep(studyHash, bytes),
    onFinal(take) {
      reader ??= openFinalItems({
        ...options.items,
        store,
        crypto,
        chainId,
        mark: 'studies-told',
        take: async (item) => {
          if (TOLD.has(item.signed.item.clear.kind)) await take(item)
        },
        // It comes again with the next nudge.
        onFailure(error) {
          if (error instanceof StorageFailure || !(error instanceof Failure)) options.onFailure(error)
        },
      }).then((opened) => (telling = opened))
      nudge()
    },
    toldUpTo: () => telling?.readUpTo ?? 0,
    onAttestation: (take) => attestations.listen(take),
    onLateWord: (take) => attestations.listenLate(take),
    submit,
  }

  return {
    exchange,
    index: {
      async studyOf(studyHash) {
        await caughtUp()
        return (await index.studyOf(studyHash)) ?? index.studyOf(await options.currentOf(studyHash))
      },
      async list(filter) {
        await caughtUp()
        return index.list(filter)
      },
      async registrationOf(itemHash) {
        await caughtUp()
        return index.registrationOf(itemHash)
      },
      async registrations(filter) {
        await caughtUp()
        return index.registrations(filter)
      },
    },
    snapshots,
    async take(item) {
      await index.take(item)
      const { clear } = item.signed.item
      if (clear.kind === 'study') {
        askedAt.delete(nameOf(item.hash))
        await envelopes.charged(clear.commitment, item.signed.item.author)
        // What others attested while this node was away.
        if (isOpen(item.hash)) void attestations.ask(item.hash).catch(ignoreRefusal)
      }
      if (clear.kind === 'result') {
        await attestations.close(clear.studyHash)
        await published.resulted(clear.studyHash)
      }
    },
    nudge,
    async close() {
      isClosed = true
      clearInterval(timer)
      await working
      await (await reader)?.close()
    },
  }

  function hasReadAll(): boolean {
    return options.items.height() >= ledger.state.height
  }

  /**
   * Whoever asks may know of an item that is final already, and no longer waits; the index may be a moment behind. What `take` does asks
   * the index as it is, for it is what is waited for here.
   */
  async function caughtUp(): Promise<void> {
    if (hasReadAll()) return
    let timer: ReturnType<typeof setTimeout> | null = null
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, CATCH_UP_MS)))
    await Promise.race([options.settled(), late]).finally(() => timer !== null && clearTimeout(timer))
  }

  async function closedOf(studyHash: ItemHash): Promise<Closed | 'over' | null> {
    const row = await index.studyOf(studyHash)
    if (row === null || row.height === null) return null
    if (row.result !== null) return { height: row.height, result: row.result }
    return row.state === 'expired' ? 'over' : null
  }

  function isOpen(studyHash: ItemHash): boolean {
    return ledger.state.consortium.openStudies.some((open) => equalBytes(open.studyHash, studyHash))
  }

  function ignoreRefusal(error: unknown): void {
    if (!isClosed && !(error instanceof Failure)) options.onFailure(error)
  }
}
