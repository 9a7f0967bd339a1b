/** Drafts of two people of one hospital: each opens their own, and learns of the other\u2019s that it is there. */
import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { fromHex } from '../../shared/std/bytes.ts'
import { createMemoryStore } from '../node/storage/memory.ts'
import { draftKey } from '../node/storage/buckets.ts'
import { forgottenMark } from '../node/storage/forgotten.ts'
import { del, put, type Write } from '../node/storage/store.ts'
import { checkedValue } from '../node/storage/value.ts'
import type { Desk, ServiceContext } from './context.ts'
import { createDrafts, draftTag, handIn } from './drafts.ts'

const MINUTE_MS = 60_000

function desks() {
  const store = createMemoryStore()
  const clock = { now: 1_000_000 * MINUTE_MS }
  let count = 0
  const erased = new Set<string>()
  const facts = { isRestored: false }
  const node = {
    store,
    write: (writes: readonly Write[]) => store.commit(writes),
    countDrafts: (more: number) => void (count += more),
    statements: { list: () => Promise.resolve([]) },
  }
  const drafts = new Uint8Array(randomBytes(32))
  const deskOf = (name: string) => {
    const lease = {
      isReleased: false,
      session: {
        keys: { drafts, person: { userKeyId: name, name } },
        names: Promise.resolve({ get: (patientId: string) => (erased.has(patientId) ? null : {}) }),
      },
      share: () => lease,
      release: () => undefined,
    }
    return createDrafts({
      world: { now: () => clock.now },
      profile: () => ({ node, store, facts }),
      lease: () => lease,
      emit: () => {},
    } as unknown as ServiceContext)
  }
  const lins = { node, keys: { drafts, person: { userKeyId: 'Lin', name: 'Lin' } } } as unknown as Desk
  return {
    lin: deskOf('Lin'),
    wu: deskOf('Wu'),
    lins,
    clock,
    count: () => count,
    store,
    drafts,
    erased,
    facts,
  }
}

const draft = (draftId: string, patientId: string | null) => ({
  draftId,
  patientId,
  title: 'Ada Example',
  savedAt: 0,
  form: { notes: 'not for others' },
})

describe('a draft', () => {
  it('is opened, listed and discarded by its author alone', async () => {
    const { lin, wu, count } = desks()
    await lin.saveDraft(draft('d1', 'p1'))
    expect(await wu.listDrafts()).toEqual([])
    expect(await wu.loadDraft({ draftId: 'd1' })).toBeNull()
    await wu.discardDraft({ draftId: 'd1' })
    expect(count()).toBe(1)
    expect(await lin.listDrafts()).toMatchObject([{ draftId: 'd1', title: 'Ada Example' }])
    expect(await lin.loadDraft({ draftId: 'd1' })).toMatchObject({ form: { notes: 'not for others' } })
    await lin.discardDraft({ draftId: 'd1' })
    expect(await lin.listDrafts()).toEqual([])
    expect(count()).toBe(0)
  })

  it('is discarded as it was seen: what was saved since at another machine stays', async () => {
    const { lin, count } = desks()
    const { savedAt } = await lin.saveDraft(draft('d1', 'p1'))
    const later = await lin.saveDraft({ ...draft('d1', 'p1'), title: 'typed on', base: savedAt })
    for (const base of [savedAt, null]) await lin.discardDraft({ draftId: 'd1', base })
    expect(await lin.listDrafts()).toMatchObject([{ draftId: 'd1', title: 'typed on' }])
    await lin.discardDraft({ draftId: 'd1', base: later.savedAt })
    expect(await lin.listDrafts()).toEqual([])
    expect(count()).toBe(0)
  })

  it('that is saved at another machine while it is handed in stays', async () => {
    const { lin, lins, store } = desks()
    const { savedAt } = await lin.saveDraft(draft('d1', 'p1'))
    let open = (): void => {}
    const isWritten = new Promise<void>((resolve) => (open = resolve))
    const handed = handIn(lins, 'd1', savedAt, async (at) => {
      await isWritten
      await store.commit([del(at!)])
    })
    const more = { ...draft('d1', 'p1'), form: { notes: 'typed meanwhile' } }
    const saved = lin.saveDraft({ ...more, base: savedAt })
    await new Promise((resolve) => setTimeout(resolve, 20))
    open()
    await Promise.all([handed, saved])
    expect((await lin.loadDraft({ draftId: 'd1' }))?.form).toEqual({ notes: 'typed meanwhile' })
  })

  it('of a patient whom a restored table of names does not know stays under its title, unless they were erased', async () => {
    const { lin, store, erased, facts } = desks()
    const [unknown, gone] = ['0a'.repeat(16), '0b'.repeat(16)]
    for (const each of [unknown, gone]) erased.add(each)
    await store.commit([forgottenMark(fromHex(gone))])
    await expect(lin.saveDraft(draft('d1', unknown))).rejects.toMatchObject({
      detail: { code: 'patient-gone' },
    })
    facts.isRestored = true
    await lin.saveDraft(draft('d1', unknown))
    expect(await lin.loadDraft({ draftId: 'd1' })).toMatchObject({ patientId: null, title: 'Ada Example' })
    await expect(lin.saveDraft(draft('d2', gone))).rejects.toMatchObject({ detail: { code: 'patient-gone' } })
  })

  it('is known to a colleague with the same patient open: whose it is and since when, and nothing of it', async () => {
    const { lin, wu, clock } = desks()
    const begunAt = clock.now
    await lin.saveDraft(draft('d1', 'p1'))
    await lin.saveDraft(draft('d2', 'p2'))
    clock.now += 5 * MINUTE_MS
    await lin.saveDraft(draft('d1', 'p1'))
    expect(await wu.draftsOfPatient({ patientId: 'p1' })).toEqual([
      { draftId: null, personName: 'Lin', begunAt, savedAt: clock.now },
    ])
    expect(await lin.draftsOfPatient({ patientId: 'p1' })).toMatchObject([{ draftId: 'd1' }])
    expect(await wu.draftsOfPatient({ patientId: 'p3' })).toEqual([])
    clock.now += 15 * 24 * 60 * MINUTE_MS
    expect(await wu.draftsOfPatient({ patientId: 'p1' })).toEqual([])
  })

  it('that cannot be read is said, hides no other, stays until it is discarded, and is whole again when saved', async () => {
    const { lin, wu, clock, count, store, drafts } = desks()
    for (const id of ['d1', 'd2', 'd3']) await lin.saveDraft(draft(id, 'p1'))
    const keyOf = (id: string) => draftKey(draftTag(drafts, id))
    // One with a flipped bit, one that passes its checksum and is no draft of ours.
    const flipped = (await store.get(keyOf('d1')))!.slice()
    flipped[40]! ^= 1
    await store.commit([put(keyOf('d1'), flipped)])
    await store.commit([put(keyOf('d2'), checkedValue(keyOf('d2'), new Uint8Array(64)))])

    const listed = await lin.listDrafts()
    expect(listed[0]).toMatchObject({ draftId: 'd3', title: 'Ada Example' })
    expect(listed.slice(1)).toMatchObject([{ isDamaged: true }, { isDamaged: true }])
    expect(await lin.loadDraft({ draftId: 'd3' })).toMatchObject({ form: { notes: 'not for others' } })
    expect(await wu.draftsOfPatient({ patientId: 'p1' })).toHaveLength(1)
    await expect(lin.loadDraft({ draftId: 'd1' })).rejects.toMatchObject({ detail: { code: 'corrupt' } })
    // A fortnight later the others are gone; of these nobody can say how old they are.
    clock.now += 15 * 24 * 60 * MINUTE_MS
    expect((await lin.listDrafts()).map(({ isDamaged }) => isDamaged)).toEqual([true, true])

    // The form that is still open writes its draft again, whole.
    await lin.saveDraft(draft('d1', 'p1'))
    expect((await lin.listDrafts()).map(({ draftId, isDamaged }) => isDamaged ?? draftId)).toEqual([
      'd1',
      true,
    ])
    expect(count()).toBe(2)
    const [damaged] = await wu.listDrafts()
    await wu.discardDraft({ draftId: damaged!.draftId })
    expect(await wu.listDrafts()).toEqual([])
    expect(count()).toBe(1)
    // By the place of a draft that is whole, nobody takes it away.
    const place = Buffer.from(draftTag(drafts, 'd1')).toString('hex')
    await wu.discardDraft({ draftId: `damaged-${place}` })
    await lin.discardDraft({ draftId: `damaged-${place}` })
    expect((await lin.listDrafts()).map(({ draftId }) => draftId)).toEqual(['d1'])
  })

  it('brings nobody back who was erased: neither from an open form nor from before the erasure was carried out', async () => {
    const { lin, erased, count } = desks()
    await lin.saveDraft(draft('d1', 'p1'))
    await lin.saveDraft(draft('d2', 'p2'))
    await lin.saveDraft(draft('d3', null))
    erased.add('p1')
    expect(await lin.loadDraft({ draftId: 'd1' })).toBeNull()
    expect((await lin.listDrafts()).map(({ draftId }) => draftId).toSorted()).toEqual(['d2', 'd3'])
    expect(count()).toBe(2)
    await expect(lin.saveDraft(draft('d1', 'p1'))).rejects.toMatchObject({ detail: { code: 'patient-gone' } })
    expect(count()).toBe(2)
  })

  it('that two machines of one person go on with is kept twice: the later one has a name of its own and nothing is overwritten', async () => {
    const { lin, count, clock } = desks()
    // Two windows of the same person, each with a service of its own at the node, and a clock that stands still.
    const other = lin
    const { savedAt } = await lin.saveDraft({ ...draft('d1', 'p1'), base: null })
    expect(clock.now).toBe(savedAt)
    const here = { ...draft('d1', 'p1'), form: { notes: 'typed here' }, base: savedAt }
    const there = { ...draft('d1', 'p1'), form: { notes: 'typed there' }, base: savedAt }
    const [first, second] = await Promise.all([lin.saveDraft(here), other.saveDraft(there)])
    expect(first).toEqual({ savedAt: savedAt + 1 })
    expect(second).toMatchObject({ becomes: expect.stringMatching(/^d1~/) })
    expect(count()).toBe(2)
    expect(await lin.loadDraft({ draftId: 'd1' })).toMatchObject({ form: { notes: 'typed here' } })
    const copy = await lin.loadDraft({ draftId: second.becomes! })
    expect(copy).toMatchObject({ form: { notes: 'typed there' } })
    // Both go on under their own names, and the one who is behind never overwrites.
    expect(
      await lin.saveDraft({ ...here, form: { notes: 'here, on' }, base: first.savedAt }),
    ).not.toHaveProperty('becomes')
    const on = { ...there, draftId: second.becomes!, form: { notes: 'there, on' }, base: second.savedAt }
    expect(await other.saveDraft(on)).not.toHaveProperty('becomes')
    expect((await lin.listDrafts()).map(({ draftId }) => draftId).toSorted()).toEqual(['d1', second.becomes])
    // The same text once more is no other one: an answer that was lost makes no copy.
    expect(await other.saveDraft(on)).not.toHaveProperty('becomes')
    expect(count()).toBe(2)
  })

  it('is not overwritten by a colleague who says its name', async () => {
    const { lin, wu } = desks()
    await lin.saveDraft(draft('d1', 'p1'))
    const { becomes } = await wu.saveDraft({ ...draft('d1', 'p1'), form: { notes: 'of Wu' } })
    expect(await lin.loadDraft({ draftId: 'd1' })).toMatchObject({ form: { notes: 'not for others' } })
    expect(await wu.loadDraft({ draftId: becomes! })).toMatchObject({ form: { notes: 'of Wu' } })
  })

  it('is bounded: nobody fills the disk with them, and what is there goes on being saved', async () => {
    const { lin, wu, count } = desks()
    for (let i = 0; i < 500; i++) await lin.saveDraft(draft(`d${i}`, null))
    await expect(lin.saveDraft(draft('one more', null))).rejects.toMatchObject({
      detail: { code: 'too-many-drafts' },
    })
    expect(await lin.saveDraft(draft('d7', null))).toMatchObject({ savedAt: expect.any(Number) })
    await wu.saveDraft(draft('of Wu', null))
    expect(count()).toBe(501)
    const large = { ...draft('d7', null), form: { notes: 'x'.repeat(1 << 20) } }
    await expect(lin.saveDraft(large)).rejects.toMatchObject({ detail: { code: 'draft-too-large' } })
    expect(await lin.loadDraft({ draftId: 'd7' })).toMatchObject({ form: { notes: 'not for others' } })
  })
})
