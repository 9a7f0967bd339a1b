/** Work places of a hospital over loopback: whole applications, real libp2p. */
import { readdir, readFile, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { Draft } from '../../shared/contract/records.ts'
import { PASSPHRASE, until } from '../governance/institution.test-kit.ts'
import { restoreBackup } from '../profile/backup.ts'
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

const untilKept = (place: Application, kept: number) =>
  until(
    () => keptOf(place),
    (count) => count === kept,
  )
type Place = Awaited<ReturnType<House['placeByProxy']>>
/** A work place at which Bo, a clerk, is at work, by a line that can be cut. */
async function wardOf(of: House): Promise<Place> {
  await of.addPerson('bo', ['clerk'])
  const place = await of.placeByProxy('Ward 1')
  await unlock(place, 'bo')
  return place
}
async function cutOff(place: Place): Promise<void> {
  place.line.cut()
  await untilAway(place)
}

/** Of any call that asks for the passphrase once more. */
const confirming = (passphrase: string) => ({
  operation: 'records.submit',
  input: { visit: null },
  passphrase,
})

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
    await untilKept(two, 0)
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
    // A folder that another window has open closes nothing of what this one is at.
    const { ask } = house.node
    expect(await ask.app.open({ folder: one.folder, account: 'bo', passphrase: PASSPHRASE })).toMatchObject({
      kind: 'refused',
      reason: 'profile-in-use',
    })
    expect(await ask.app.session()).toMatchObject({ state: 'open', person: { name: 'Ada' } })
  })

  it('two machines of one person that save the same draft at once keep both, and the second goes on with a copy that it sees', async () => {
    house = await openHouse()
    await house.addPerson('bo', ['clerk'])
    const one = await house.place('Ward 1')
    const two = await house.place('Ward 2')
    await unlock(one, 'bo')
    await unlock(two, 'bo')
    await one.ask.records.saveDraft(draftOf(null, 'begun'))
    for (const place of [one, two]) await place.ask.records.loadDraft({ draftId: 'd1' })
    await Promise.all([
      one.ask.records.saveDraft(draftOf(null, 'typed at one')),
      two.ask.records.saveDraft(draftOf(null, 'typed at two')),
    ])
    const renamed = [one, two].flatMap((place) => heard(place, 'records.draftRenamed'))
    expect(renamed).toMatchObject([{ draftId: 'd1', becomes: expect.stringMatching(/^d1~/) }])
    // Both forms are open and go on; each text stays under its own name, and both machines list both.
    await one.ask.records.saveDraft(draftOf(null, 'typed at one, and on'))
    await two.ask.records.saveDraft(draftOf(null, 'typed at two, and on'))
    for (const place of [one, two]) {
      const drafts = await place.ask.records.listDrafts()
      const forms = await Promise.all(
        drafts.map(async ({ draftId }) => (await one.ask.records.loadDraft({ draftId }))?.form),
      )
      expect(forms.map((form) => (form as { text: string }).text).toSorted()).toEqual([
        'typed at one, and on',
        'typed at two, and on',
      ])
    }
  })

  it('wrong passphrases at one make nobody wait elsewhere: at another, at the node’s window, or for another person there', async () => {
    house = await openHouse({ sleep: async () => {} })
    await house.addPerson('bo', ['clerk'])
    const one = await house.place('Ward 1')
    const two = await house.place('Ward 2')
    await unlock(one, 'bo')
    await unlock(two, 'bo')
    const waits: number[] = []
    for (let tries = 0; tries < 5; tries++) {
      const answer = await one.ask.people.confirm(confirming('not this one'))
      if (answer.kind !== 'wrong-passphrase') throw new Error(answer.kind)
      waits.push(answer.waitSeconds ?? 0)
    }
    // Who tries here waits longer and longer, even with the right one.
    expect(waits).toEqual(waits.toSorted((a, b) => a - b))
    expect(waits.at(-1)).toBeGreaterThan(0)
    expect(await one.ask.people.confirm(confirming(PASSPHRASE))).toMatchObject({ kind: 'wrong-passphrase' })
    // All others, the same person and the administrator, have not missed once.
    expect(await two.ask.people.confirm(confirming(PASSPHRASE))).toEqual({ kind: 'confirmed' })
    expect(await house.node.ask.people.confirm(confirming(PASSPHRASE))).toEqual({ kind: 'confirmed' })
    await two.ask.app.lock()
    await unlock(two, 'bo')
    await house.node.ask.app.lock()
    expect(await house.node.ask.app.unlock({ account: 'ada', passphrase: PASSPHRASE })).toMatchObject({
      kind: 'opened',
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
    // What their own door refuses stands in the audit of the node, with who it was and where.
    await expect(auditor.ask.patients.search({ text: '王', limit: 5 })).rejects.toMatchObject({
      code: 'not-permitted',
    })
    await expect(locked.ask.patients.search({ text: '王', limit: 5 })).rejects.toMatchObject({
      code: 'locked',
    })
    const { node } = house
    const entries = await until(
      async () => {
        const filter = { operation: 'patients.search' }
        return (await node.ask.audit.entries({ filter, before: null, limit: 10 })).entries
      },
      (found) => found.length === 2,
    )
    const named = entries.map(
      ({ outcome, personName, subject }) =>
        `${outcome} ${personName} at ${subject.find(({ name }) => name === 'workPlace')?.value}`,
    )
    expect(named.toSorted()).toEqual(['refused di at Office', 'refused null at Ward 2'])
  })
})

describe('a work place whose node is away', () => {
  it('opens locked, keeps drafts for whoever wrote them, and gives them to nobody else', async () => {
    house = await openHouse()
    await house.addPerson('bo', ['clerk'])
    await house.addPerson('cy', ['clerk'])
    const place = await house.placeByProxy('Ward 1')
    await unlock(place, 'bo')
    await cutOff(place)
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
    await untilKept(place, 0)
    expect(await place.ask.records.loadDraft({ draftId: 'd1' })).toMatchObject({
      form: { text: 'before the power went' },
    })
  })

  it('keeps all where the same draft was gone on with elsewhere, again and again, and an open form overwrites none', async () => {
    house = await openHouse()
    await house.addPerson('bo', ['clerk'])
    const place = await house.placeByProxy('Ward 1')
    const other = await house.place('Ward 2')
    await unlock(place, 'bo')
    await unlock(other, 'bo')
    const meanwhile = async (here: string, there: string, draftId: string) => {
      await other.ask.records.loadDraft({ draftId }) // opened there, to go on with
      place.line.cut()
      await untilAway(place)
      await place.ask.records.saveDraft(draftOf(null, here, draftId))
      await other.ask.records.saveDraft(draftOf(null, there, draftId))
      place.line.join()
      await untilKept(place, 0)
    }
    const texts = async () => {
      const drafts = await other.ask.records.listDrafts()
      const forms = drafts.map(async ({ draftId }) => (await other.ask.records.loadDraft({ draftId }))?.form)
      return (await Promise.all(forms)).map((form) => (form as { text: string }).text).toSorted()
    }
    await place.ask.records.saveDraft(draftOf(null, 'begun'))
    await meanwhile('here', 'there', 'd1')
    expect(await texts()).toEqual(['here', 'there'])
    // The form is told the new name; what it had sent off under the old one goes there too.
    const [renamed] = heard(place, 'records.draftRenamed') as { draftId: string; becomes: string }[]
    expect(renamed).toMatchObject({ draftId: 'd1', becomes: expect.stringMatching(/^d1~/) })
    await place.ask.records.saveDraft(draftOf(null, 'here, and on', 'd1'))
    expect(await texts()).toEqual(['here, and on', 'there'])
    // Whoever opens the old name has the other machine's, and writes on that.
    expect(await place.ask.records.loadDraft({ draftId: 'd1' })).toMatchObject({ form: { text: 'there' } })
    // The same once more, of the same draft and of its copy: nothing is written over what was kept before.
    await meanwhile('third', 'there again', 'd1')
    await meanwhile('fourth', 'copy at the other', renamed!.becomes)
    expect(await texts()).toEqual(['copy at the other', 'fourth', 'there again', 'third'])
  })

  it('paired anew in the same folder it is the same work place: what was kept goes to the address that holds now', async () => {
    house = await openHouse()
    const place = await wardOf(house)
    // The address that it knows answers no more.
    await cutOff(place)
    await place.ask.records.saveDraft(draftOf(null, 'before the address changed'))
    const { folder } = place
    expect(
      await place.ask.joining.pairWorkPlace({ folder, ...(await house.code('Ward 1, mended')) }),
    ).toMatchObject({
      kind: 'opened',
      session: { workPlace: { keptDrafts: 1 } },
    })
    await untilBack(place)
    await unlock(place, 'bo')
    await untilKept(place, 0)
    expect(await place.ask.records.loadDraft({ draftId: 'd1' })).toMatchObject({
      form: { text: 'before the address changed' },
    })
    expect((await house.node.ask.workPlaces.list()).places).toHaveLength(1)
  })

  it('T09: brings nobody back who was erased while it was away', async () => {
    house = await openHouse()
    const place = await wardOf(house)
    const patientId = await registered(place)
    await cutOff(place)
    await place.ask.records.saveDraft(draftOf(patientId, 'of somebody who asked to be forgotten'))
    await place.ask.records.saveDraft(draftOf(null, 'of another', 'd2'))
    // Nothing of this person is in the chain, so the name goes at once.
    const { node } = house
    const erasing = { patientId, reason: 'patient-request', text: null } as const
    expect(
      await node.ask.people.confirm({
        operation: 'erasures.request',
        input: erasing,
        passphrase: PASSPHRASE,
      }),
    ).toEqual({ kind: 'confirmed' })
    expect(await node.ask.erasures.request(erasing)).toEqual({ kind: 'erased-here' })
    place.line.join()
    await untilKept(place, 0)
    expect(await place.ask.records.listDrafts()).toMatchObject([{ draftId: 'd2' }])
    expect(await readdir(join(place.folder, 'drafts'))).toEqual([])
    // Nor does a form that is open still.
    await expect(place.ask.records.saveDraft(draftOf(patientId, 'typed on'))).rejects.toMatchObject({
      code: 'patient-gone',
    })
  })

  it('T09: of whoever was erased meanwhile nothing stays sealed there, also where its author does not unlock again', async () => {
    house = await openHouse()
    const place = await wardOf(house)
    const patientId = await registered(place)
    await cutOff(place)
    await place.ask.records.saveDraft(draftOf(patientId, 'of somebody who asked to be forgotten'))
    await place.ask.records.saveDraft(draftOf(null, 'of another', 'd2'))
    await place.ask.app.lock()
    const { node } = house
    const erasing = { patientId, reason: 'patient-request', text: null } as const
    await node.ask.people.confirm({ operation: 'erasures.request', input: erasing, passphrase: PASSPHRASE })
    expect(await node.ask.erasures.request(erasing)).toEqual({ kind: 'erased-here' })
    expect(await keptOf(place)).toBe(2)
    place.line.join()
    await untilKept(place, 1)
    expect(await readdir(join(place.folder, 'drafts'))).toHaveLength(1)
    expect(await place.ask.app.session()).toMatchObject({ state: 'locked' })
    await unlock(place, 'bo')
    await untilKept(place, 0)
    expect(await place.ask.records.listDrafts()).toMatchObject([{ draftId: 'd2' }])
  })

  it('keeps what was typed of somebody whom a backup that was restored meanwhile does not know, under the title', async () => {
    house = await openHouse()
    const place = await wardOf(house)
    const { node, scratch, world } = house
    const backup = join(scratch, 'backup')
    await node.ask.upkeep.startBackup({ out: backup })
    await until(
      () => node.ask.jobs.list(),
      (jobs) => jobs.length > 0 && jobs.every(({ state }) => state === 'done'),
    )
    const patientId = await registered(place)
    await cutOff(place)
    await place.ask.records.saveDraft(draftOf(patientId, 'of somebody who came after the backup'))
    await place.ask.app.lock()
    await node.ask.app.closeProfile()
    const folder = join(scratch, 'restored')
    await restoreBackup(world, backup, folder)
    await node.ask.app.open({ folder, account: 'ada', passphrase: PASSPHRASE })
    // Which computers were paired is in no backup; in its old folder it is the same work place.
    await place.ask.joining.pairWorkPlace({ folder: place.folder, ...(await house.code('Ward 1')) })
    await untilBack(place)
    await unlock(place, 'bo')
    await untilKept(place, 0)
    expect(await place.ask.records.loadDraft({ draftId: 'd1' })).toMatchObject({
      patientId: null,
      title: wang.name,
      form: { text: 'of somebody who came after the backup' },
    })
  })

  it('throws sealed drafts away that nobody came back for in a fortnight, three days after the node is back', async () => {
    let ahead = 0
    house = await openHouse({ now: () => Date.now() + ahead })
    await house.addPerson('bo', ['clerk'])
    const place = await house.placeByProxy('Ward 1')
    await unlock(place, 'bo')
    await cutOff(place)
    await place.ask.records.saveDraft(draftOf(null, 'nobody comes back for this'))
    await place.ask.app.lock()
    const [name] = await readdir(join(place.folder, 'drafts'))
    const path = join(place.folder, 'drafts', name!)
    const old = new Date(Date.now() - 15 * 86_400_000)
    await utimes(path, old, old)
    expect(await keptOf(place)).toBe(1)
    place.line.join()
    // Whoever wrote it could not unlock before: nothing is taken from them at the first contact.
    await until(
      () => readdir(join(place.folder, 'drafts')),
      (files) => files.length === 2,
    )
    expect(await keptOf(place)).toBe(1)
    ahead = 4 * 86_400_000
    await cutOff(place)
    place.line.join()
    await untilKept(place, 0)
    expect(await readdir(join(place.folder, 'drafts'))).toEqual([])
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
    await untilKept(place, 0)
    expect(await place.ask.records.listDrafts()).toMatchObject([{ draftId: 'd1' }])
  })
})
