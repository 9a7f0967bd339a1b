/** The chain as the explorer shows it, and its verification. */
import type { z } from 'zod'
import type {
  blockView,
  BlockRow,
  chain as chainContract,
  segmentView,
  verifyStep,
} from '../../shared/contract/chain.ts'
import type { Handlers } from '../../shared/contract/kit.ts'
import { whySealed } from '../../shared/contract/rights.ts'
import { equalBytes, fromHex, toHex, type Bytes } from '../../shared/std/bytes.ts'
import { blockHashOf, decodeHead, truncateTime, type Head } from '../node/chain/block.ts'
import { checkCertificate, decodeCertificate } from '../node/chain/certificate.ts'
import { certificateContextOf } from '../node/chain/chain-state.ts'
import { itemHashOf } from '../node/chain/item.ts'
import { decodeKeyRow } from '../node/chain/key-box.ts'
import { findMember } from '../node/chain/members.ts'
import { membersOf } from '../node/chain/state.ts'
import { policyValue } from '../node/chain/policy.ts'
import { bodyHashOf, keyCommitmentOf, recordTree } from '../node/chain/record.ts'
import { decodeSegment, segmentIdOf } from '../node/chain/segment.ts'
import { quorumOf } from '../node/chain/voters.ts'
import type { Crypto } from '../node/crypto/crypto.ts'
import { merklePath, nodeHash, rootOverHashes, treeRoot } from '../node/crypto/merkle.ts'
import { erasedKey } from '../node/storage/buckets.ts'
import {
  findByHash,
  readBlock,
  readBlocks,
  readPlace,
  readSegment,
  type Stored,
  type StoredBlock,
} from '../node/storage/chain-store.ts'
import { tellDamage } from '../node/storage/damage.ts'
import { readRows } from '../node/storage/key-box-store.ts'
import { StorageFailure } from '../node/storage/store.ts'
import { readRowCount } from '../node/key-box-rows.ts'
import { areRowsHeldBy, type VerifyStoreResult } from '../node/verify-store.ts'
import type { OpenProfile } from '../profile/open-profile.ts'
import { verifyInThread } from '../workers/verify.ts'
import { nothingOpened } from './audit-subject.ts'
import { openingKeys, personOf, profileOf, withKeys, type ServiceContext } from './context.ts'
import { namePatientOf, openOwnRecord, type OpenedOwnRecord, type OwnRecord } from './open-own-record.ts'

type SegmentView = z.input<typeof segmentView>
type BlockView = z.input<typeof blockView>
type VerifyStep = z.input<typeof verifyStep>

const FOUND_MAX = 50
const MERKLE_ROOT_HEX = 64

/** The verification with the keys of patients that was started last, whichever caller asked. */
const newestWhole = new WeakMap<OpenProfile, string>()

export function createChainService(context: ServiceContext): Handlers<typeof chainContract> {
  const { crypto } = context.world

  function openAt(head: Head, isKeyKept = false) {
    const { store, ledger, node } = profileOf(context)
    const outbox = node?.outbox ?? null
    return withKeys(context, async (keys) => {
      const desk = { store, ledger, outbox, crypto, keys }
      const opened = await openOwnRecord(desk, head.merkleRoot, isKeyKept)
      if (opened.kind === 'record') await namePatientOf(store, keys, opened)
      else nothingOpened()
      return opened
    })
  }

  /** Why this caller does not see it; that it was erased is told whoever has unlocked, whatever their role. */
  async function sealed(
    reason: Extract<OpenedOwnRecord, { kind: 'sealed' }>['reason'],
    root: Bytes,
  ): Promise<BlockView['content']> {
    const lease = context.lease()
    const person = personOf(lease, profileOf(context).roster)
    // Whoever left meanwhile has a session and no role any more.
    const roles = person?.roles ?? (lease === null || lease.isReleased ? null : [])
    const isErased =
      whySealed('erasure', roles) === null && (await profileOf(context).store.get(erasedKey(root))) !== null
    if (isErased) return { kind: 'sealed', reason: 'erased', ...(await receiptsOf(root)) }
    const kept = whySealed('record', roles)
    if (kept !== null) return { kind: 'sealed', reason: kept }
    return { kind: 'sealed', reason: reason === 'unknown' || reason === 'locked' ? 'no-key' : reason }
  }

  async function rowsAt(indexes: readonly number[]): Promise<BlockRow[]> {
    const { store } = profileOf(context)
    const rows: UnmarkedRow[] = []
    for (const index of indexes) {
      const row = toRow(crypto, index, await readBlock(store, index))
      if (row !== null) rows.push(row)
    }
    return withErased(rows)
  }

  async function withErased(rows: readonly UnmarkedRow[]): Promise<BlockRow[]> {
    const roots = rows.flatMap(({ root }) => (root === null ? [] : [root]))
    const marks = await profileOf(context).store.getMany(roots.map(erasedKey))
    const erased = new Set(roots.filter((_, i) => marks[i] !== null))
    return rows.map(({ root, ...row }) => ({ ...row, isErased: root !== null && erased.has(root) }))
  }

  return {
    blocks: async ({ first, count }) => {
      const { store, ledger } = profileOf(context)
      const total = ledger.state.blockCount
      const here = Math.max(0, Math.min(count, total - first))
      const blocks = await readBlocks(store, first, here)
      const rows = blocks.map((block, i) => toRow(crypto, first + i, block) ?? damagedRow(first + i))
      return { rows: await withErased(rows), total }
    },

    find: async ({ text }) => {
      const { store, ledger } = profileOf(context)
      const wanted = text.trim().toLowerCase().replace(/^#/, '')
      const found = new Set<number>()
      if (/^\d{1,15}$/.test(wanted) && Number(wanted) < ledger.state.blockCount) found.add(Number(wanted))
      if (/^[0-9a-f]{6,64}$/.test(wanted)) {
        for (const index of await findByHash(store, wanted, FOUND_MAX)) found.add(index)
        if (wanted.length === MERKLE_ROOT_HEX) {
          const place = await readPlace(store, fromHex(wanted))
          if (place?.index !== null && place?.index !== undefined) found.add(place.index)
        }
      }
      const rows = await rowsAt([...found])
      // The store finds by the first 16 bytes; what was typed may be longer.
      return rows.filter(
        ({ index, hash }) =>
          String(index) === wanted || hash.startsWith(wanted) || wanted.length === MERKLE_ROOT_HEX,
      )
    },

    block: async ({ index }) => {
      const { store, ledger } = profileOf(context)
      const block = await expectBlock(store, index)
      if (block === null) return null
      const { height, head: headBytes, body } = block
      const head = expectHead(headBytes, index)
      const opened = await openAt(head)
      const content: BlockView['content'] =
        opened.kind === 'record'
          ? {
              kind: 'open',
              record: opened.record,
              fields: opened.fields.map(([name, value], leafIndex) => ({
                leafIndex,
                name,
                value: typeof value === 'string' ? [value] : [...value],
              })),
              authorName: memberName(toHex(opened.authorId)),
            }
          : await sealed(opened.reason, head.merkleRoot)
      return {
        hash: toHex(blockHashOf(crypto, ledger.chainId, headBytes)),
        head: {
          version: 1,
          chainId: toHex(head.chainId),
          index: head.index,
          previousHash: toHex(head.previousHash),
          timestamp: head.timestamp,
          merkleRoot: toHex(head.merkleRoot),
          bodyHash: toHex(head.bodyHash),
          keyCommitment: toHex(head.keyCommitment),
          sizeClass: head.sizeClass,
        },
        bodyBytes: body.length,
        segment: await segmentAt(height),
        isLast: index === ledger.state.blockCount - 1,
        content,
      }
    },

    fieldProof: async ({ index, leafIndex }) => {
      const { store, ledger } = profileOf(context)
      const block = await expectBlock(store, index)
      if (block === null) return null
      const head = expectHead(block.head, index)
      const opened = await openAt(head, true)
      if (opened.kind !== 'record' || opened.dataKey === null) return null
      try {
        const tree = recordTree(crypto, ledger.chainId, opened.dataKey, opened.fields, head.sizeClass)
        const leaves = tree?.levels[0]
        if (tree === null || leaves === undefined || leafIndex >= opened.fields.length) return null
        const leafCount = leaves.length / 32
        const leaf = leaves.slice(leafIndex * 32, (leafIndex + 1) * 32)
        let node: Bytes = leaf
        let position = leafIndex
        const path = merklePath(tree, leafIndex).map((sibling) => {
          const isLeft = position % 2 === 1
          node = isLeft ? nodeHash(crypto, sibling, node) : nodeHash(crypto, node, sibling)
          position = Math.floor(position / 2)
          return {
            side: isLeft ? ('left' as const) : ('right' as const),
            hash: toHex(sibling),
            result: toHex(node),
          }
        })
        return { leafHash: toHex(leaf), leafCount, path, merkleRoot: toHex(head.merkleRoot) }
      } finally {
        crypto.forget(opened.dataKey)
      }
    },

    verifyBlock: async ({ index }) => {
      const verified = await verifyBlock(index)
      if (!verified.isOk) tellDamage(profileOf(context).store, { kind: 'block', index })
      return verified
    },

    startVerify: async () => {
      const profile = profileOf(context)
      const keys = openingKeys(context)
      // One at a time for everybody, and one that looks into records: each is a thread that reads the whole chain, and a locked
      // screen may ask.
      const running = context.jobs.running('verify')
      const whole = running.find((jobId) => jobId === newestWhole.get(profile))
      const joined = whole ?? (keys === null ? running[0] : undefined)
      if (joined !== undefined) return { jobId: joined }
      const gateway = profile.node?.gatewayKeys().epochs
      const members = membersOf(profile.ledger.state.consortium)
      const own = findMember(members, fromHex(profile.facts.memberId))
      const input = {
        storePath: profile.storePath,
        chainId: profile.ledger.chainId,
        areRowsHeld: areRowsHeldBy(own, await readRowCount(profile.store)),
        epochs: {
          ...(gateway === undefined ? {} : { gateway }),
          ...(keys === null ? {} : { custodian: keys.custodianEpochs }),
        },
      }
      const { jobId } = context.jobs.start('verify', 'blocks', async (control) => {
        const result = await verifyInThread(input, control.signal, control.progress)
        // The thread has a store of its own: what it found is told here.
        if (result.kind === 'failed') {
          const { index, height } = result
          if (height !== null) tellDamage(profile.store, { kind: 'segment', height })
          if (index !== null) tellDamage(profile.store, { kind: 'block', index })
        }
        return result
      })
      if (keys !== null) newestWhole.set(profile, jobId)
      return { jobId }
    },
    verifyResult: async ({ jobId }) => context.jobs.result(jobId, 'verify') as VerifyStoreResult | null,

    consortium: async () => {
      const { genesis, chainId, state } = profileOf(context).ledger
      return {
        chainId: toHex(chainId),
        name: genesis.name,
        createdAt: genesis.createdAt,
        members: membersOf(state.consortium).map(({ memberId, kind, name, isVoter }) => ({
          memberId: toHex(memberId),
          kind,
          name,
          isVoter,
        })),
        policy: state.consortium.policy.map(([name, value]) => ({ name, value })),
      }
    },
  }

  async function receiptsOf(root: Bytes): Promise<{ receipts?: { count: number; of: number } }> {
    const all = (await profileOf(context).node?.erasures.list()) ?? []
    const erasure = all.find(
      ({ roots, state }) => state === 'decided' && roots.some((each) => equalBytes(each, root)),
    )
    return erasure === undefined
      ? {}
      : { receipts: { count: erasure.receipts.length, of: erasure.expected.length } }
  }

  function memberName(memberId: string): string {
    const { state } = profileOf(context).ledger
    return membersOf(state.consortium).find((member) => toHex(member.memberId) === memberId)?.name ?? memberId
  }

  async function segmentAt(height: number): Promise<SegmentView> {
    const { store, ledger } = profileOf(context)
    const stored = await readSegment(store, height)
    const segment = stored.kind === 'ok' ? decodeSegment(stored.value.segment) : null
    const certificate = stored.kind === 'ok' ? decodeCertificate(stored.value.certificate) : null
    if (stored.kind !== 'ok' || segment === null || certificate === null)
      throw new StorageFailure({ code: 'corrupt', path: 'chain', bucket: 's', key: String(height) })
    const voterCount = ledger.state.voters.length
    const segmentId = toHex(segmentIdOf(crypto, ledger.chainId, stored.value.segment))
    return {
      segmentId,
      height: segment.height,
      epoch: segment.epoch,
      previousSegmentId: toHex(segment.previousSegmentId),
      firstIndex: segment.firstIndex,
      count: segment.count,
      tip: toHex(segment.tip),
      headsRoot: toHex(segment.headsRoot),
      segmentsRoot: toHex(segment.segmentsRoot),
      itemsRoot: toHex(segment.itemsRoot),
      stateHash: toHex(segment.stateHash),
      nextVotersRoot: toHex(segment.nextVotersRoot),
      time: segment.time,
      itemCount: stored.value.items.length,
      certificate: {
        height: certificate.height,
        round: certificate.round,
        segmentId: toHex(certificate.segmentId),
        signatures: certificate.signatures.map(({ memberId, signature }) => ({
          memberId: toHex(memberId),
          memberName: memberName(toHex(memberId)),
          signature: toHex(signature),
        })),
        voterCount,
        quorum: quorumOf(voterCount),
      },
    }
  }

  /** Recomputes what one block claims, as far as one block shows it; roots over the whole chain need the whole chain. */
  async function verifyBlock(index: number): Promise<{ isOk: boolean; steps: VerifyStep[] }> {
    const { store, ledger } = profileOf(context)
    const steps: VerifyStep[] = []
    const compare = (step: VerifyStep['step'], claimed: Bytes, computed: Bytes): void => {
      steps.push({
        step,
        isOk: equalBytes(claimed, computed),
        claimed: toHex(claimed),
        computed: toHex(computed),
        isSkipped: false,
      })
    }
    const say = (
      step: VerifyStep['step'],
      isOk: boolean,
      text: Pick<VerifyStep, 'claimed' | 'computed'> = {},
    ): void => {
      steps.push({ step, isOk, isSkipped: false, ...text })
    }
    const skip = (...names: VerifyStep['step'][]): void => {
      for (const step of names) steps.push({ step, isOk: true, isSkipped: true })
    }
    const done = () => ({ isOk: steps.every(({ isOk }) => isOk), steps })

    const stored = await readBlock(store, index)
    const head = stored.kind === 'ok' ? decodeHead(stored.value.head) : null
    if (stored.kind !== 'ok' || head === null) {
      say('self-hash', false)
      return done()
    }
    const { chainId } = ledger
    const { body, height, head: headBytes } = stored.value
    const hash = blockHashOf(crypto, chainId, headBytes)
    // What the chain claims this block's hash to be stands in its follower, or in the segment for the last one.
    const claimedHash = await claimedHashOf(index, height)
    if (claimedHash === null) say('self-hash', false, { computed: toHex(hash) })
    else compare('self-hash', claimedHash, hash)

    const before = index === 0 ? null : await readBlock(store, index - 1)
    const previous = before?.kind === 'ok' ? before.value.head : null
    compare(
      'previous-hash',
      head.previousHash,
      previous === null ? chainId : blockHashOf(crypto, chainId, previous),
    )

    const segment = await readSegment(store, height)
    const decoded = segment.kind === 'ok' ? decodeSegment(segment.value.segment) : null
    const granularityMs = policyValue(ledger.state.consortium.policy, 'timestampGranularityMs')
    const previousTime =
      previous === null
        ? truncateTime(ledger.genesis.createdAt, granularityMs)
        : decodeHead(previous)?.timestamp
    say(
      'timestamp',
      head.timestamp % granularityMs === 0 &&
        previousTime !== undefined &&
        head.timestamp >= previousTime &&
        decoded !== null &&
        head.timestamp <= decoded.time,
    )
    compare('body-hash', head.bodyHash, bodyHashOf(crypto, chainId, body))

    const rows = await readRows(store, head.merkleRoot)
    const areRowsWhole = rows.every((row) => {
      const read = row.kind === 'ok' ? decodeKeyRow(row.row) : null
      return read !== null && equalBytes(read.merkleRoot, head.merkleRoot)
    })
    const isErased = (await store.get(erasedKey(head.merkleRoot))) !== null
    say('key-box', isErased ? rows.length === 0 : rows.length > 0 && areRowsWhole)

    await verifyContent(head, skip, say, compare)
    skip('heads-root', 'segments-root', 'state')
    if (segment.kind !== 'ok' || decoded === null) {
      say('items-root', false)
      say('certificate', false)
      return done()
    }
    const itemHashes = segment.value.items.map((item) => itemHashOf(crypto, chainId, item))
    compare('items-root', decoded.itemsRoot, rootOverHashes(crypto, itemHashes))
    const certificate = decodeCertificate(segment.value.certificate)
    const id = segmentIdOf(crypto, chainId, segment.value.segment)
    if (certificate !== null && decoded.epoch !== ledger.state.consortium.epoch) skip('certificate')
    else {
      const refusal =
        certificate === null
          ? 'certificate-malformed'
          : checkCertificate(crypto, certificateContextOf(ledger.state), certificate, height, id)
      const claimed =
        certificate === null ? {} : { claimed: toHex(certificate.segmentId), computed: toHex(id) }
      say('certificate', refusal === null, claimed)
    }
    return done()
  }

  async function claimedHashOf(index: number, height: number): Promise<Bytes | null> {
    const { store } = profileOf(context)
    const next = await readBlock(store, index + 1)
    if (next.kind === 'ok') return decodeHead(next.value.head)?.previousHash ?? null
    const segment = await readSegment(store, height)
    return segment.kind === 'ok' ? (decodeSegment(segment.value.segment)?.tip ?? null) : null
  }

  async function verifyContent(
    head: Head,
    skip: (...names: VerifyStep['step'][]) => void,
    say: (step: VerifyStep['step'], isOk: boolean) => void,
    compare: (step: VerifyStep['step'], claimed: Bytes, computed: Bytes) => void,
  ): Promise<void> {
    const opened = await openAt(head, true)
    if (opened.kind === 'sealed' && opened.reason !== 'damaged') {
      skip('key-commitment', 'merkle-root', 'author')
      return
    }
    if (opened.kind === 'sealed' || opened.dataKey === null) {
      // It does not open although we hold its key: commitment, root or author do not fit.
      say('key-commitment', false)
      say('merkle-root', false)
      say('author', false)
      return
    }
    compareOpened(opened, opened.dataKey, head, compare)
    crypto.forget(opened.dataKey)
    // Opening has checked path, key and signature of the author.
    say('author', true)
  }

  function compareOpened(
    opened: OwnRecord,
    dataKey: Bytes,
    head: Head,
    compare: (step: VerifyStep['step'], claimed: Bytes, computed: Bytes) => void,
  ): void {
    compare('key-commitment', head.keyCommitment, keyCommitmentOf(crypto, head.chainId, dataKey))
    const tree = recordTree(crypto, head.chainId, dataKey, opened.fields, head.sizeClass)
    compare('merkle-root', head.merkleRoot, tree === null ? new Uint8Array(0) : treeRoot(tree))
  }
}

/** `root`: null of a row that cannot be read. */
type UnmarkedRow = Omit<BlockRow, 'isErased'> & { readonly root: Bytes | null }

function toRow(crypto: Crypto, index: number, block: Stored<StoredBlock>): UnmarkedRow | null {
  const head = block.kind === 'ok' ? decodeHead(block.value.head) : null
  if (block.kind !== 'ok' || head === null) return null
  const hash = toHex(blockHashOf(crypto, head.chainId, block.value.head))
  const { timestamp, sizeClass, merkleRoot: root } = head
  return { index, hash, timestamp, height: block.value.height, sizeClass, root }
}

/** A row that cannot be read is shown as such: an empty hash. Verification says more. */
function damagedRow(index: number): UnmarkedRow {
  return { index, hash: '', timestamp: 0, height: 0, sizeClass: 0, root: null }
}

async function expectBlock(
  store: Parameters<typeof readBlock>[0],
  index: number,
): Promise<StoredBlock | null> {
  const block = await readBlock(store, index)
  if (block.kind === 'missing') return null
  if (block.kind === 'ok') return block.value
  throw new StorageFailure({ code: 'corrupt', path: 'chain', bucket: 'b', key: String(index) })
}

function expectHead(bytes: Bytes, index: number): Head {
  const head = decodeHead(bytes)
  if (head === null)
    throw new StorageFailure({ code: 'corrupt', path: 'chain', bucket: 'b', key: String(index) })
  return head
}
