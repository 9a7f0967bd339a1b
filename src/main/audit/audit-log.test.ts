import { describe, expect, it } from 'vitest'
import { auditKit, callOf, flipped, START, type Kit } from './audit.test-kit.ts'
import type { Anchor } from './anchors.ts'
import { pageOf } from './read-log.ts'
import { verifyAuditLog } from './verify-log.ts'

async function filled(count: number): Promise<Kit> {
  const kit = await auditKit()
  await kit.fill(count)
  return kit
}
async function entriesOf({ log }: Kit) {
  const entries = []
  for await (const entry of log.scan(1, Number.MAX_SAFE_INTEGER)) entries.push(entry)
  return entries
}
const findingsOf = async ({ log }: Kit, anchors: readonly Anchor[] = []) =>
  (await verifyAuditLog(log, anchors)).findings

describe('the audit log', () => {
  it('keeps what was noted, in order, each entry on the one before, and goes on after it was opened again', async () => {
    const kit = await filled(3)
    await kit.log.append(
      callOf('p1', { operation: 'records.open', outcome: 'refused', code: 'no-key', person: null }),
    )
    const again = await kit.again()
    expect(again.log.head).toEqual(kit.log.head)
    await again.fill(2)
    const entries = await entriesOf(again)
    expect(entries.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6])
    expect(entries[3]!.content).toMatchObject({
      operation: 'records.open',
      outcome: 'refused',
      code: 'no-key',
      person: null,
      subject: [['patientId', 'p1']],
      clockBehindMs: 0,
    })
    expect(await verifyAuditLog(again.log, [again.anchor(4)])).toEqual({
      count: 6,
      anchorCount: 1,
      agreeCount: 1,
      anchoredTo: 6,
      findings: [],
    })
  })

  it('shares one write between those that come together, and answers each when it is durable', async () => {
    const kit = await auditKit()
    await Promise.all(Array.from({ length: 1_200 }, (_, i) => kit.log.append(callOf(`p${i}`))))
    const after = await kit.again(kit.store.afterPowerCut())
    expect(after.log.head.count).toBe(1_200)
    expect(await findingsOf(after)).toEqual([])
  })

  it('says so when it cannot write, to everybody who waits, and never bridges the gap', async () => {
    const kit = await filled(2)
    kit.store.fillDisk(true)
    await expect(Promise.all([kit.log.append(callOf('a')), kit.log.append(callOf('b'))])).rejects.toThrow()
    expect(kit.log.isWriting).toBe(false)
    kit.store.fillDisk(false)
    await expect(kit.log.append(callOf('c'))).rejects.toThrow()
    expect(await findingsOf(await kit.again(kit.store.afterPowerCut()))).toEqual([])
  })

  it('lets time stand still when the clock is turned back, and says by how much', async () => {
    const kit = await filled(1)
    kit.clock.now -= 3_600_000
    await kit.log.append(callOf('p1'))
    kit.clock.now += 7_200_000
    await kit.log.append(callOf('p1'))
    const [first, second, third] = await entriesOf(kit)
    expect(second!.content).toMatchObject({ at: first!.content!.at, clockBehindMs: 3_600_000 })
    expect(third!.content).toMatchObject({ at: START + 1_000 + 3_600_000, clockBehindMs: 0 })
  })

  it('begins time anew where a clock had been days ahead, and finds entries by time all the same', async () => {
    const kit = await auditKit()
    kit.clock.now += 60 * 365 * 86_400_000
    await kit.log.append(callOf('p1'))
    kit.clock.now = START
    await kit.fill(3)
    const entries = await entriesOf(await kit.again())
    expect(entries.map(({ content }) => content!.at)).toEqual([
      START + 60 * 365 * 86_400_000,
      START + 1_000,
      START + 2_000,
      START + 3_000,
    ])
    const page = await pageOf(kit.log, { from: START + 2_000, to: START + 3_000 }, null, 10)
    expect(page.entries.map(({ sequence }) => sequence)).toEqual([3])
    expect(await findingsOf(kit)).toEqual([])
  })

  it('takes no text of a caller: only what looks like an id or a code', async () => {
    const kit = await auditKit()
    const subject = { patientId: 'ab12', code: 'Chan Tai Man', index: 3, odd: 'a\nb', long: 'x'.repeat(400) }
    await kit.log.append(callOf('', { subject }))
    const [entry] = await entriesOf(kit)
    expect(entry!.content!.subject).toEqual([
      ['patientId', 'ab12'],
      ['index', 3],
    ])
  })
})

describe('the verification of the audit', () => {
  it('finds an entry that was edited', async () => {
    for (const sequence of [1, 6, 10]) {
      const kit = await filled(10)
      await kit.edit(sequence, flipped)
      expect(await findingsOf(kit)).toEqual([{ kind: 'changed', sequence }])
    }
  })

  it('finds one that somebody with the key sealed anew in its place: the next one hangs on another', async () => {
    for (const sequence of [1, 6, 10]) {
      const kit = await filled(10)
      await kit.forge(sequence)
      expect(await findingsOf(kit)).toEqual([{ kind: 'changed', sequence }])
    }
  })

  it('finds one that was taken out of the middle, and several', async () => {
    const kit = await filled(10)
    await kit.remove(4)
    await kit.remove(5)
    await kit.remove(8)
    expect(await findingsOf(kit)).toEqual([
      { kind: 'missing', from: 4, to: 5 },
      { kind: 'missing', from: 8, to: 8 },
    ])
  })

  it('finds two that were swapped', async () => {
    const kit = await filled(10)
    await kit.swap(3, 7)
    expect(await findingsOf(kit)).toEqual([
      { kind: 'changed', sequence: 3 },
      { kind: 'changed', sequence: 7 },
    ])
  })

  it('finds an end that was cut: by its own head, and by the chain where that is gone too', async () => {
    const kit = await filled(10)
    const anchor = kit.anchor(5)
    await kit.cut(7, false)
    const cut = await kit.again()
    expect(cut.log.foundAtOpening).toBe('cut')
    expect(await findingsOf(cut)).toEqual([{ kind: 'ends-early', count: 7, expected: 10, height: null }])
    await kit.cut(7, true)
    const without = await kit.again()
    expect(without.log.foundAtOpening).toBe('head-missing')
    expect(await findingsOf(without, [anchor])).toEqual([
      { kind: 'ends-early', count: 7, expected: 10, height: 5 },
    ])
    await kit.cut(0, true)
    expect(await findingsOf(await kit.again(), [anchor])).toEqual([
      { kind: 'ends-early', count: 0, expected: 10, height: 5 },
    ])
  })

  it('finds an end that somebody wrote anew with the key, by the anchor that it does not lead to', async () => {
    const kit = await filled(4)
    const first = kit.anchor(2)
    await kit.fill(4)
    const second = kit.anchor(3)
    await kit.cut(5, true)
    const forger = await kit.again()
    await forger.fill(3)
    expect(await findingsOf(forger, [first])).toEqual([])
    expect(await findingsOf(forger, [first, second])).toEqual([
      { kind: 'rewritten', from: 5, to: 8, height: 3 },
    ])
    expect((await verifyAuditLog(forger.log, [first, second])).anchoredTo).toBe(4)
  })

  it('finds a forged anchor, whose hash is no entry’s', async () => {
    const kit = await filled(6)
    const good = kit.anchor(2)
    const forged = { ...good, height: 3, hash: flipped(good.hash) }
    const verdict = await verifyAuditLog(kit.log, [good, forged])
    expect(verdict).toMatchObject({ anchorCount: 2, agreeCount: 1 })
    expect((await verifyAuditLog(kit.log, [{ ...forged, count: 4 }])).findings).toEqual([
      { kind: 'rewritten', from: 1, to: 4, height: 3 },
    ])
  })

  it('finds entries that somebody without the key put behind the end', async () => {
    const kit = await filled(3)
    await kit.edit(3, (content) => content)
    const { log, store } = kit
    const foreign = await auditKit()
    await foreign.fill(4)
    for await (const { key, value } of foreign.store.scan({ from: new Uint8Array([0x74]), limit: 4 }))
      if (!(await store.get(key))) await store.commit([{ kind: 'put', key, value: flipped(value) }])
    expect((await verifyAuditLog(log, [])).findings).toEqual([{ kind: 'changed', sequence: 4 }])
  })

  it('goes on behind what the chain anchored when an older copy was put back, and the gap stays found', async () => {
    const kit = await filled(3)
    const older = kit.store.afterPowerCut()
    await kit.fill(5)
    const anchor = kit.anchor(4)
    const restored = await kit.again(older)
    restored.log.skipTo(anchor.count)
    await restored.fill(2)
    expect((await entriesOf(restored)).map(({ sequence }) => sequence)).toEqual([1, 2, 3, 9, 10])
    const again = await restored.again()
    expect(await findingsOf(again, [anchor, again.anchor(6)])).toEqual([{ kind: 'missing', from: 4, to: 8 }])
  })
})

describe('the reason that a person typed', () => {
  const basis = { kind: 'break-glass', reason: 'Unconscious, allergic to what?' }

  it('is read with the entry, and can be destroyed while the entry stays', async () => {
    const kit = await auditKit()
    await kit.log.append(callOf('p1', { basis }))
    await kit.log.append(callOf('p2', { basis: { kind: 'treatment' } }))
    const [first, second] = await entriesOf(kit)
    const hash = first!.content!.basis!.reasonHash!
    expect(second!.content!.basis).toEqual({ kind: 'treatment', reasonHash: null })
    expect(await kit.log.reasonOf(1, hash)).toEqual({ kind: 'text', text: basis.reason })
    expect(await findingsOf(kit)).toEqual([])
    await kit.log.forgetReasons([1])
    expect(await kit.log.reasonOf(1, hash)).toEqual({ kind: 'erased' })
    // Nobody was erased: then somebody took it away.
    expect(await findingsOf(kit)).toEqual([{ kind: 'reason-missing', sequence: 1 }])
    await kit.log.append(callOf('', { operation: 'node.erased', act: 'node', subject: { linked: 'p1+p9' } }))
    expect(await findingsOf(kit)).toEqual([])
  })
})
