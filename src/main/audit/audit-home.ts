/**
 * The audit of an open institution: what the door and the node note, the anchor in the chain when an entry is an hour old,
 * and the look whether all of it is still there.
 */
import { toHex } from '../../shared/std/bytes.ts'
import { Failure } from '../../shared/std/failure.ts'
import type { ItemHash } from '../node/chain/ids.ts'
import type { Crypto, Random } from '../node/crypto/crypto.ts'
import type { ChainNode } from '../node/node.ts'
import { loadChainMeta } from '../node/storage/chain-store.ts'
import type { Store } from '../node/storage/store.ts'
import type { AuditedCall, AuditPort } from '../services/audit-port.ts'
import { createAnchors, type Anchor } from './anchors.ts'
import { isSameStore, newestEpochIn, openAuditLog, type AuditLog } from './audit-log.ts'
import { allOf, patientsIn } from './read-log.ts'
import { verifyAuditLog, type AuditFinding, type AuditVerdict, type VerifyControl } from './verify-log.ts'

type Subject = AuditedCall['subject']
type Person = AuditedCall['person']

export interface AuditStanding {
  readonly count: number
  readonly isWriting: boolean
  /** Newest anchor that is final. */
  readonly lastAnchor: Anchor | null
  /** Of the last look. */
  readonly verdict: AuditVerdict | null
  readonly checkedAt: number | null
}

export interface AuditHome extends AuditPort {
  readonly log: AuditLog
  readonly isWriting: boolean
  /** An act that came through no call. */
  say(
    operation: `session.${string}` | `node.${string}`,
    about?: { person?: Person; outcome?: AuditedCall['outcome']; code?: string; subject?: Subject },
  ): Promise<void>
  standing(): AuditStanding
  /** Reads everything, and what the chain anchored. */
  verify(control?: VerifyControl): Promise<AuditVerdict>
  /** What the hour asks for: the look, and an anchor where something new is an hour old. Called by itself every minute. */
  look(): Promise<void>
  /** These people were erased: what was typed about them goes, that something happened stays. */
  forget(patientIds: readonly string[]): Promise<void>
  /** This member's keys were replaced: what comes is sealed under a new key too. */
  changeKey(): Promise<void>
  /** Whoever has unlocked sees things for the first time again. */
  forgetRepeats(): void
  /** The list of people that was just read. */
  notePeople(revision: number): Promise<void>
  close(): Promise<void>
}

export interface AuditHomeOptions {
  readonly store: Store
  readonly storePath: string
  readonly node: ChainNode
  readonly crypto: Crypto
  readonly random: Random
  readonly now: () => number
  /** What was found has changed. */
  readonly onFound: () => void
}

export const ANCHOR_EVERY_MS = 60 * 60_000
const LOOK_EVERY_MS = 60_000
/** A page that stays open asks again with every segment: by the same person, of the same patient, it is one opening. */
const REPEAT_MS = 5 * 60_000
/** Whoever is refused at the door and asks again at once is refused the same: a caller without rights fills no disk with it. */
const REFUSAL_REPEAT_MS = 60_000
/** A cohort is counted while it is typed, and again whenever records come: the same question of one sitting is one entry. */
const COUNT_REPEAT_MS = 24 * 3_600_000
const REFUSED_AT_DOOR: ReadonlySet<string | null> = new Set([
  'locked',
  'no-profile',
  'not-permitted',
  'too-many-patients',
])
const REPEATS_MAX = 2_000
/** An anchor waits so long for the others before it is given up and a newer one takes its place. */
const ANCHOR_HEIGHTS = 10_000
const IDS_IN_ENTRY = 8
const KEY_BYTES = 32

/** How long the same call again is the same entry; null where each is one of its own. */
function repeatMsOf({ operation, act, outcome, code, person }: AuditedCall): number | null {
  if (outcome === 'refused') return REFUSED_AT_DOOR.has(code) ? REFUSAL_REPEAT_MS : null
  if (operation === 'cohorts.count' && outcome === 'done' && person !== null) return COUNT_REPEAT_MS
  // What goes out to another hospital is no page that somebody leaves open.
  return act === 'opening' && outcome === 'done' && person !== null ? REPEAT_MS : null
}

export async function openAuditHome(options: AuditHomeOptions): Promise<AuditHome> {
  const { store, storePath, node, crypto, random, now } = options
  const { chainId } = node.ledger
  const { instanceId } = await loadChainMeta(store, storePath)
  // A key that was damaged does not come back under its own number: what it sealed must not look as if this one had.
  if (node.auditKeys.list().length === 0)
    await node.auditKeys.add({ epoch: 1 + (await newestEpochIn(store)), key: random(KEY_BYTES) })
  const log = await openAuditLog({
    store,
    context: { crypto, chainId, memberId: node.memberId },
    random,
    now,
    keys: () => node.auditKeys.list(),
    instanceId,
  })
  const anchors = createAnchors(store, crypto, node.memberId)
  const repeats = new Map<string, { at: number; noted: Promise<void> }>()
  let verdict: AuditVerdict | null = null
  let checkedAt: number | null = null
  let told = ''
  let proposed: { count: number; hash: ItemHash } | null = null
  let looking: Promise<void> | null = null
  let isClosed = false

  function note(call: AuditedCall): Promise<void> {
    const repeatMs = repeatMsOf(call)
    if (repeatMs === null) return log.append(call)
    const { operation, outcome, code, person, subject, basis } = call
    const key = JSON.stringify([operation, outcome, code, person, subject, basis])
    const before = repeats.get(key)
    // A clock that was set back makes the time no longer.
    if (before !== undefined && log.isWriting && Math.abs(now() - before.at) < repeatMs) return before.noted
    const noted = log.append(call)
    repeats.delete(key)
    repeats.set(key, { at: now(), noted })
    noted.catch(() => repeats.delete(key))
    if (repeats.size > REPEATS_MAX) repeats.delete(repeats.keys().next().value!)
    return noted
  }

  const say: AuditHome['say'] = (operation, about = {}) =>
    log.append({
      operation,
      act: operation.startsWith('node.') ? 'node' : 'session',
      outcome: about.outcome ?? 'done',
      code: about.code ?? null,
      person: about.person ?? null,
      subject: about.subject ?? {},
    })

  async function verify(control?: VerifyControl): Promise<AuditVerdict> {
    const known = await anchors.readUpTo(node.ledger.state.height)
    const found = await verifyAuditLog(log, known, control)
    if (control?.signal?.aborted === true) return found
    verdict = found
    checkedAt = now()
    const words = JSON.stringify(found.findings)
    if (words !== told && (told !== '' || found.findings.length > 0)) {
      options.onFound()
      const [first] = found.findings
      if (first !== undefined)
        await say('node.auditFound', { outcome: 'failed', code: first.kind, subject: placeOf(first) })
    }
    told = words
    return found
  }

  /** Behind what the chain anchored: this store is older, or was cut. Numbers are never given twice. */
  async function comeBehind(known: readonly Anchor[]): Promise<void> {
    const expected = Math.max(0, ...known.map(({ count }) => count))
    const { count } = log.head
    if (expected <= count) return
    log.skipTo(expected)
    await say('node.auditGap', { outcome: 'failed', subject: { from: count + 1, to: expected } })
  }

  async function isDue(known: readonly Anchor[]): Promise<boolean> {
    const isWaiting = proposed !== null && (await node.items.fateOf(proposed.hash)).kind === 'waiting'
    const covered = Math.max(0, ...known.map(({ count }) => count), isWaiting ? proposed!.count : 0)
    for await (const { content } of log.scan(covered + 1, log.head.count + 1))
      // A clock that was ahead when it was noted does not put its anchor off.
      if (content !== null) return Math.abs(now() - content.at) >= ANCHOR_EVERY_MS
    return false
  }

  async function anchor(): Promise<void> {
    const { count, hash } = log.head
    const notAfter = node.ledger.state.height + ANCHOR_HEIGHTS
    try {
      proposed = {
        count,
        hash: await node.propose({ kind: 'anchor', auditRoot: hash, count }, null, notAfter),
      }
    } catch (error) {
      // No member yet, no room on the disk, halted: the next look tries again.
      if (!(error instanceof Failure)) throw error
    }
  }

  /** Erasures that were carried out although a crash kept the audit from hearing of it. */
  async function catchUpErasures(): Promise<void> {
    const asked = new Map<string, string[]>()
    const forgotten = new Set<string>()
    for await (const { content } of allOf(log, { operation: 'erasures.request' })) {
      const erasureId = content?.subject.find(([name]) => name === 'erasureId')?.[1]
      if (content !== null && typeof erasureId === 'string') asked.set(erasureId, patientsIn(content))
    }
    if (asked.size === 0) return
    for await (const { content } of allOf(log, { operation: 'node.erased' }))
      for (const id of content === null ? [] : patientsIn(content)) forgotten.add(id)
    for (const { erasureId, here } of await node.erasures.list()) {
      const left = (asked.get(toHex(erasureId)) ?? []).filter((id) => !forgotten.has(id))
      if (here === 'done' && left.length > 0) await forget(left)
    }
  }

  async function forget(patientIds: readonly string[]): Promise<void> {
    for (let i = 0; i < patientIds.length; i += IDS_IN_ENTRY)
      await say('node.erased', { subject: { linked: patientIds.slice(i, i + IDS_IN_ENTRY).join('+') } })
    const sequences: number[] = []
    for await (const { sequence, content } of allOf(log, { patientIds }))
      if (content?.basis?.reasonHash != null) sequences.push(sequence)
    await log.forgetReasons(sequences)
  }

  async function lookOnce(): Promise<void> {
    if (node.ledger.state.height > 0) await comeBehind(await anchors.readUpTo(node.ledger.state.height))
    if (log.head.count === 0) return
    const isStale = checkedAt === null || now() - checkedAt >= ANCHOR_EVERY_MS
    const isAnchorDue = await isDue(anchors.known)
    // First, so that nothing is anchored in silence that is no longer whole.
    if (isStale || isAnchorDue) {
      await catchUpErasures()
      await verify()
    }
    if (isAnchorDue && !isClosed) await anchor()
  }

  function look(): Promise<void> {
    looking ??= lookOnce()
      .catch((error: unknown) => {
        // A store that closes or has failed says so wherever it is used.
        if (!(error instanceof Failure)) throw error
      })
      .finally(() => {
        looking = null
      })
    return looking
  }

  const timer = setInterval(() => {
    if (!isClosed) void look()
  }, LOOK_EVERY_MS)
  timer.unref()

  // Something is not as it was left: whatever the chain knows of the audit comes before the next number is given.
  const isCopy = log.head.count > 0 && !isSameStore(log.head, instanceId)
  if (log.foundAtOpening !== 'nothing' || log.head.count === 0 || isCopy)
    await comeBehind(await anchors.readUpTo(node.ledger.state.height))
  if (log.foundAtOpening !== 'nothing')
    await say('node.auditGap', { outcome: 'failed', code: log.foundAtOpening })
  if (isCopy) await say('node.restored')

  return {
    log,
    note,
    say,
    verify,
    look,
    get isWriting() {
      return log.isWriting
    },
    standing: () => ({
      count: log.head.count,
      isWriting: log.isWriting,
      lastAnchor: anchors.known.at(-1) ?? null,
      verdict,
      checkedAt,
    }),
    forget,
    async changeKey() {
      const epoch = 1 + Math.max(...node.auditKeys.list().map((each) => each.epoch))
      await node.auditKeys.add({ epoch, key: random(KEY_BYTES) })
      await say('node.keysReplaced')
    },
    forgetRepeats: () => repeats.clear(),
    async notePeople(revision) {
      const known = log.head.peopleRevision
      log.notePeople(revision)
      if (revision < known) await say('node.peopleOlder', { outcome: 'failed', subject: { revision, known } })
    },
    async close() {
      isClosed = true
      clearInterval(timer)
      await looking
      await log.close()
    },
  }
}

/** Where the first finding is, for the entry that tells of it. */
function placeOf(finding: AuditFinding): Subject {
  switch (finding.kind) {
    case 'missing':
    case 'rewritten':
      return { from: finding.from, to: finding.to }
    case 'ends-early':
      return { from: finding.count + 1, to: finding.expected }
    default:
      return { entry: finding.sequence }
  }
}
