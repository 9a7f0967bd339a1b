/**
 * Whether the audit is whole: every entry opens, hangs on the one before, none is missing, and what the chain anchored is
 * what is here. The anchors are the institution's word to all members, so whoever owns the disk and every key of it still
 * cannot change what was anchored.
 */
import { equalBytes } from '../../shared/std/bytes.ts'
import type { Anchor } from './anchors.ts'
import { entryHash, NOTHING_BEFORE } from './audit-entry.ts'
import type { AuditLog, StoredEntry } from './audit-log.ts'

export type AuditFinding =
  /** Its bytes are others than those that were written. */
  | { readonly kind: 'changed'; readonly sequence: number }
  | { readonly kind: 'missing'; readonly from: number; readonly to: number }
  /** They hang together, but not on what the chain anchored: somebody with the key wrote them anew. */
  | { readonly kind: 'rewritten'; readonly from: number; readonly to: number; readonly height: number }
  /** The end is gone: `expected` entries were there. `height` null where only this store itself says so. */
  | {
      readonly kind: 'ends-early'
      readonly count: number
      readonly expected: number
      readonly height: number | null
    }
  /** The text of a reason is another, or gone without an erasure. */
  | { readonly kind: 'reason-changed'; readonly sequence: number }
  | { readonly kind: 'reason-missing'; readonly sequence: number }

export interface AuditVerdict {
  readonly count: number
  readonly anchorCount: number
  /** Anchors that agree with what is here. */
  readonly agreeCount: number
  /** Entries up to here are covered by an anchor that agrees. */
  readonly anchoredTo: number
  readonly findings: readonly AuditFinding[]
}

const FINDINGS_MAX = 100
const PER_BREATH = 100

export interface VerifyControl {
  readonly signal?: AbortSignal
  progress?(done: number, total: number): void
}

export async function verifyAuditLog(
  log: AuditLog,
  anchors: readonly Anchor[],
  control: VerifyControl = {},
): Promise<AuditVerdict> {
  // First: what is written while this runs is not looked at.
  const { head } = log
  const upTo = Math.max(head.count, ...anchors.map(({ count }) => count))
  const byCount = new Map<number, Anchor[]>()
  for (const anchor of anchors) byCount.set(anchor.count, [...(byCount.get(anchor.count) ?? []), anchor])
  const findings: AuditFinding[] = []
  const find = (finding: AuditFinding) => {
    if (findings.length < FINDINGS_MAX) findings.push(finding)
  }
  const erased = new Set<string>()
  const withoutReason: { sequence: number; subject: readonly (readonly [string, string | number])[] }[] = []
  let expected = 1
  let count = 0
  let previous = NOTHING_BEFORE
  let isPreviousChanged = false
  let lastAgreeing = 0
  let agreeCount = 0
  let lastHash = NOTHING_BEFORE

  async function look({ sequence, sealed, content }: StoredEntry): Promise<void> {
    count++
    if (sequence > expected) find({ kind: 'missing', from: expected, to: sequence - 1 })
    const isChanged = sealed === null || content === null
    if (isChanged) find({ kind: 'changed', sequence })
    // An entry that opens says truly what it hangs on; so it is the one before that is another.
    else if (sequence === expected && !isPreviousChanged && !equalBytes(sealed.previous, previous))
      find(expected === 1 ? { kind: 'changed', sequence } : { kind: 'changed', sequence: sequence - 1 })
    const hash = sealed === null ? null : entryHash(log.context, sequence, sealed)
    for (const anchor of byCount.get(sequence) ?? []) {
      if (hash !== null && equalBytes(hash, anchor.hash)) {
        agreeCount++
        lastAgreeing = sequence
        continue
      }
      const isExplained = findings.some(
        (each) => sequenceOf(each) > lastAgreeing && sequenceOf(each) <= sequence,
      )
      if (!isExplained)
        find({ kind: 'rewritten', from: lastAgreeing + 1, to: sequence, height: anchor.height })
    }
    if (content?.basis?.reasonHash != null) {
      const reason = await log.reasonOf(sequence, content.basis.reasonHash)
      if (reason.kind === 'changed') find({ kind: 'reason-changed', sequence })
      if (reason.kind === 'erased') withoutReason.push({ sequence, subject: content.subject })
    }
    if (content?.operation === 'node.erased')
      for (const [, value] of content.subject) for (const id of String(value).split('+')) erased.add(id)
    isPreviousChanged = isChanged
    previous = lastHash = hash ?? NOTHING_BEFORE
    expected = sequence + 1
  }

  for await (const entry of log.scan(1, Number.MAX_SAFE_INTEGER)) {
    if (control.signal?.aborted === true) break
    // Written meanwhile; what does not open behind the end is none of ours, and is looked at.
    if (entry.sequence > head.count && entry.content !== null) break
    await look(entry)
    if (count % PER_BREATH === 0) {
      control.progress?.(expected - 1, head.count)
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  const last = expected - 1
  if (last < upTo) {
    const beyond = anchors.filter((anchor) => anchor.count > last).at(-1) ?? null
    find({ kind: 'ends-early', count: last, expected: upTo, height: beyond?.height ?? null })
  } else if (last === head.count && last > 0 && !isPreviousChanged && !equalBytes(lastHash, head.hash))
    find({ kind: 'changed', sequence: last })
  for (const { sequence, subject } of withoutReason)
    if (
      !subject.some(([, value]) =>
        String(value)
          .split('+')
          .some((id) => erased.has(id)),
      )
    )
      find({ kind: 'reason-missing', sequence })
  return { count, anchorCount: anchors.length, agreeCount, anchoredTo: lastAgreeing, findings }
}

function sequenceOf(finding: AuditFinding): number {
  return finding.kind === 'missing' || finding.kind === 'rewritten'
    ? finding.from
    : finding.kind === 'ends-early'
      ? finding.count + 1
      : finding.sequence
}
