/** Work places of a hospital over loopback: whole applications, real libp2p. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { Draft } from '../../shared/contract/records.ts'
import { PASSPHRASE, until } from '../governance/institution.test-kit.ts'
import { plainVisit } from '../services/visit.test-kit.ts'
import { openHouse, unlock, untilAway, untilBack, type Application, type House } from './house.test-kit.ts'

let house: House | null = null
afterEach(async () => {
  await house?.close()
  house = null
})

const wang = { name: '王小明', sex: 'male', birthDate: '1975-03-02', nationalId: 'A123456789' } as const
async function registered({ ask }: Application): Promise<string> {
  const answer = await ask.patients.register({ patient: wang, although: null })
  if (answer.kind !== 'registered') throw new Error(JSON.stringify(answer))
  return answer.patient.patientId
}
const draftOf = (patientId: string | null, text: string, draftId = 'd1'): Draft => ({
  draftId,
  patientId,
  title: wang.name,
  savedAt: Date.now(),
  form: { text },
})
const heard = ({ events }: Application, name: string) =>
  events.filter((each) => each.name === name).map(({ payload }) => payload)
const keptOf = async ({ ask }: Application): Promise<number | undefined> => {
  const session = await ask.app.session()
  return session.state === 'none' ? undefined : session.workPlace?.keptDrafts
}

describe('two work places and one node', () => {
  it('two clerks record at once, each warned of the other’s visit; one is cut off and loses nothing', async () => {
    house = await openHouse()
    await house.addPerson('bo', ['clerk'])
    await house.addPerson('cy', ['clerk'])
    const one = await house.place('Ward 1')
    const two = await house.placeByProxy('Ward 2')
    await unlock(one, 'bo')
    await unlock(two, 'cy')
    expect(await one.ask.app.session()).toMatchObject({ state: 'open', person: { name: 'bo' } })
    expect(await two.ask.app.session()).toMatchObject({ state: 'open', person: { name: 'cy' } })
    expect(await house.node.ask.app.session()).toMatchObject({ state: 'open', person: { name: 'Ada' } })

    const patientId = await registered(one)
    // The second who registers the same person is shown the first.
    expect(await two.ask.patients.register({ patient: wang, although: null })).toMatchObject({
      kind: 'refused',
      rule: 'national-id-taken',
    })
    const { nationalId: _, ...unnumbered } = wang
    expect(await two.ask.patients.register({ patient: unnumbered, although: null })).toMatchObject({
      kind: 'similar',
      candidates: [{ patient: { patientId } }],
    })

    // Both begin a visit of this patient, and each sees that the other has.
    await Promise.all([
      one.ask.records.saveDraft(draftOf(patientId, 'of bo', 'bo-1')),
      two.ask.records.saveDraft(draftOf(patientId, 'of cy', 'cy-1')),
    ])
    for (const [place, own, other] of [
      [one, 'bo-1', 'cy'],
      [two, 'cy-1', 'bo'],
    ] as const) {
      const drafts = await place.ask.records.draftsOfPatient({ patientId })
      expect(drafts.find(({ draftId }) => draftId === null)).toMatchObject({ personName: other })
      expect((await place.ask.records.listDrafts()).map(({ draftId }) => draftId)).toEqual([own])
      await until(
        async () => heard(place, 'records.draftsChanged').length,
        (count) => count >= 2,
      )
    }

    // Both save at once: two visits, each signed by its own clerk, and each hears of the other's.
    const [mine, theirs] = await Promise.all(
      [one, two].map((place, i) =>
        place.ask.records.submit({
          visit: plainVisit(patientId, '2026-11-20'),
          draftId: i === 0 ? 'bo-1' : 'cy-1',
          submissionId: i === 0 ? 'bo-1' : 'cy-1',
          change: null,
        }),
      ),
    )
    expect([mine!.kind, theirs!.kind]).toEqual(['queued', 'queued'])
    const roots = [mine, theirs].map((each) => (each?.kind === 'queued' ? each.visit.merkleRoot : ''))
    for (const place of [one, two])
      for (const merkleRoot of roots)
        await until(
          async () => heard(place, 'records.visitChanged') as { merkleRoot: string }[],
          (visits) => visits.some((each) => each.merkleRoot === merkleRoot),
        )
    for (const place of [one, two]) {
      const { visits } = await place.ask.records.ofPatient({ patientId, limit: 10 })
      expect(visits.map(({ merkleRoot }) => merkleRoot).toSorted()).toEqual(roots.toSorted())
      expect(new Set(visits.map(({ record }) => record.envelope.recorder.userKeyId)).size).toBe(2)
    }

    // Cut off: what is typed is kept here, sealed, and everything else says why it cannot be.
    two.line.cut()
    await untilAway(two)
    await two.ask.records.saveDraft(draftOf(patientId, 'typed without a node', 'cy-2'))
    await two.ask.records.saveDraft(draftOf(patientId, 'typed on', 'cy-2'))
    expect(await keptOf(two)).toBe(1)
    expect(await two.ask.records.listDrafts()).toMatchObject([{ draftId: 'cy-2', title: wang.name }])
    expect(await two.ask.records.loadDraft({ draftId: 'cy-2' })).toMatchObject({ form: { text: 'typed on' } })
    await expect(
      two.ask.records.submit({
        visit: plainVisit(patientId, '2026-11-21'),
        draftId: 'cy-2',
        submissionId: 'cy-2',
        change: null,
      }),
    ).rejects.toMatchObject({ code: 'node-away' })
    const [file, ...others] = await readdir(join(two.folder, 'drafts'))
    expect(others).toEqual([])
    const onDisk = await readFile(join(two.folder, 'drafts', file!))
    for (const secret of ['typed', wang.name, 'cy', patientId])
      expect(onDisk.includes(Buffer.from(secret)), secret).toBe(false)
    // The other clerk hears nothing of it.
    expect(await one.ask.records.draftsOfPatient({ patientId })).toEqual([])

    two.line.join()
    expect(await untilBack(two)).toMatchObject({ state: 'open', person: { name: 'cy' } })
    await until(
      () => keptOf(two),
      (count) => count === 0,
    )
    expect(heard(two, 'app.nodeBack').length).toBeGreaterThan(0)
    expect(await two.ask.records.loadDraft({ draftId: 'cy-2' })).toMatchObject({ form: { text: 'typed on' } })
    expect(await one.ask.records.draftsOfPatient({ patientId })).toMatchObject([{ personName: 'cy' }])
    const saved = await two.ask.records.submit({
      visit: plainVisit(patientId, '2026-11-21'),
      draftId: 'cy-2',
      submissionId: 'cy-2',
      change: null,
    })
    expect(saved.kind).toBe('queued')
    expect(await two.ask.records.listDrafts()).toEqual([])

    // Each entry of the audit names the person and the work place.
    const { entries } = await house.node.ask.audit.entries({
      filter: { operation: 'records.submit' },
      before: null,
      limit: 10,
    })
    const named = entries.map(
      ({ personName, subject }) =>
        `${personName} at ${subject.find(({ name }) => name === 'workPlace')?.value}`,
    )
    expect(named.toSorted()).toEqual(['bo at Ward 1', 'cy at Ward 2', 'cy at Ward 2'])
  })

  it('a lock at one is no lock at another, and a PIN is of one work place', async () => {
    house = await openHouse()
    await house.addPerson('bo', ['clerk'])
    const one = await house.place('Ward 1')
    const two = await house.place('Ward 2')
    await unlock(one, 'bo')
    await unlock(two, 'bo')
    expect(await one.ask.app.setPin({ passphrase: PASSPHRASE, digits: '482915' })).toMatchObject({
      kind: 'set',
      session: { hasPin: true },
    })
    expect(await two.ask.app.session()).toMatchObject({ hasPin: false })
    expect(await one.ask.app.lock()).toMatchObject({ state: 'locked', pin: { triesLeft: 5 } })
    expect(await two.ask.app.session()).toMatchObject({ state: 'open' })
    await expect(one.ask.patients.search({ text: '王', limit: 5 })).rejects.toMatchObject({ code: 'locked' })
    expect(await two.ask.patients.search({ text: '王', limit: 5 })).toMatchObject({ total: 0 })
    expect(await one.ask.app.unlockByPin({ digits: '111112' })).toMatchObject({ reason: 'wrong-pin' })
    expect(await one.ask.app.unlockByPin({ digits: '482915' })).toMatchObject({ kind: 'opened' })
    // Wrong passphrases here make nobody wait elsewhere.
    await one.ask.app.lock()
    expect(await one.ask.app.unlock({ account: 'bo', passphrase: 'not this one' })).toMatchObject({
      kind: 'refused',
      reason: 'wrong-passphrase',
    })
    expect(
      await house.node.ask.people.confirm({ operation: 'x', input: null, passphrase: PASSPHRASE }),
    ).toEqual({
      kind: 'confirmed',
    })
  })

  it('tells patients’ events to nobody who has not unlocked or does not work with them', async () => {
    house = await openHouse()
    await house.addPerson('bo', ['clerk'])
    await house.addPerson('di', ['auditor'])
    const clerk = await house.place('Ward 1')
    const locked = await house.place('Ward 2')
    const auditor = await house.place('Office')
    await unlock(clerk, 'bo')
    await unlock(auditor, 'di')
    const patientId = await registered(clerk)
    await clerk.ask.records.submit({
      visit: plainVisit(patientId, '2026-11-20'),
      draftId: null,
      change: null,
    })
    for (const place of [clerk, auditor, locked])
      await until(
        async () => heard(place, 'node.segmentFinal').length,
        (count) => count > 0,
      )
    expect(heard(clerk, 'records.visitChanged').length).toBeGreaterThan(0)
    expect([...heard(auditor, 'records.visitChanged'), ...heard(locked, 'records.visitChanged')]).toEqual([])
    expect(JSON.stringify([auditor.events, locked.events])).not.toContain(wang.name)
  })
})

describe('a work place whose node is away', () => {
  it('opens locked, keeps drafts for whoever wrote them, and gives them to nobody else', async () => {
    house = await openHouse()
    await house.addPerson('bo', ['clerk'])
    await house.addPerson('cy', ['clerk'])
    const place = await house.placeByProxy('Ward 1')
    await unlock(place, 'bo')
    place.line.cut()
    await untilAway(place)
    await place.ask.records.saveDraft(draftOf(null, 'before the power went'))
    await place.ask.app.closeProfile()

    // Started anew without its node: it says so, and nobody gets in.
    const opened = await place.ask.app.open({ folder: place.folder, account: 'bo', passphrase: PASSPHRASE })
    expect(opened).toMatchObject({
      kind: 'opened',
      session: { state: 'locked', workPlace: { name: 'Ward 1', keptDrafts: 1 } },
    })
    expect(await place.ask.app.unlock({ account: 'bo', passphrase: PASSPHRASE })).toMatchObject({
      kind: 'refused',
      reason: 'node-away',
    })
    await expect(place.ask.records.listDrafts()).rejects.toMatchObject({ code: 'locked' })

    place.line.join()
    await untilBack(place)
    await unlock(place, 'cy')
    expect(await place.ask.records.listDrafts()).toEqual([])
    expect(await keptOf(place)).toBe(1)
    await place.ask.app.lock()
    await unlock(place, 'bo')
    await until(
      () => keptOf(place),
      (count) => count === 0,
    )
    expect(await place.ask.records.loadDraft({ draftId: 'd1' })).toMatchObject({
      form: { text: 'before the power went' },
    })
  })

  it('keeps both where the same draft was gone on with at another machine', async () => {
    house = await openHouse()
    await house.addPerson('bo', ['clerk'])
    const place = await house.placeByProxy('Ward 1')
    const other = await house.place('Ward 2')
    await unlock(place, 'bo')
    await unlock(other, 'bo')
    await place.ask.records.saveDraft(draftOf(null, 'begun'))
    place.line.cut()
    await untilAway(place)
    await place.ask.records.saveDraft(draftOf(null, 'gone on here'))
    await other.ask.records.saveDraft(draftOf(null, 'gone on there'))
    place.line.join()
    await until(
      () => keptOf(place),
      (count) => count === 0,
    )
    const drafts = await place.ask.records.listDrafts()
    const texts = await Promise.all(
      drafts.map(async ({ draftId }) => (await place.ask.records.loadDraft({ draftId }))?.form),
    )
    expect(texts.map((form) => (form as { text: string }).text).toSorted()).toEqual([
      'gone on here',
      'gone on there',
    ])
  })

  it('locks when its node was started anew, and what was typed meanwhile is on the disk first', async () => {
    house = await openHouse()
    await house.addPerson('bo', ['clerk'])
    const place = await house.place('Ward 1')
    await unlock(place, 'bo')
    await house.node.ask.app.closeProfile()
    await untilAway(place)
    await place.ask.records.saveDraft(draftOf(null, 'the last words'))
    await house.node.ask.app.open({ folder: house.node.folder, account: 'ada', passphrase: PASSPHRASE })
    expect(await untilBack(place)).toMatchObject({ state: 'locked', workPlace: { keptDrafts: 1 } })
    await unlock(place, 'bo')
    await until(
      () => keptOf(place),
      (count) => count === 0,
    )
    expect(await place.ask.records.listDrafts()).toMatchObject([{ draftId: 'd1' }])
  })
})
