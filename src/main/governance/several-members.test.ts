/** From one member to four and a university, with real nodes over loopback and files between them (A1, A2, A4, A16). */
import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { assert } from '../../shared/std/assert.ts'
import { openHeadless } from '../headless.ts'
import { keysIn } from '../node/members.test-kit.ts'
import { ownPort } from '../node/network/own-ports.test-kit.ts'
import type { Store } from '../node/storage/store.ts'
import { plainVisit } from '../services/visit.test-kit.ts'
import {
  createTown,
  PASSPHRASE,
  testWorld,
  until,
  type RunningInstitution,
  type Town,
} from './institution.test-kit.ts'

let town: Town | null = null
afterEach(async () => {
  await town?.close()
  town = null
})

/** Founds alone and listens. */
async function foundNorth(at: Town): Promise<RunningInstitution> {
  const north = await at.start('north')
  const { ask, folder } = north
  const found = await ask.app.found({
    folder,
    institutionName: 'North Hospital',
    personName: 'Admin',
    passphrase: PASSPHRASE,
    zone: 'Asia/Taipei',
  })
  expect(found.kind).toBe('opened')
  const listen = `127.0.0.1:${await ownPort()}`
  const invite = () => ask.governance.invite({ memberId: self, passphrase: PASSPHRASE, path: '/nowhere' })
  const self = (await ask.governance.overview()).members[0]!.memberId
  expect(await invite()).toMatchObject({ kind: 'refused', reason: 'no-address' })
  expect(await ask.governance.saveListening({ listen, announce: [] })).toEqual({ isSaved: true })
  // It is set, and nobody listens there before the folder is opened again.
  expect(await invite()).toMatchObject({ kind: 'refused', reason: 'not-listening-yet' })
  await ask.app.closeProfile()
  expect((await ask.app.open({ folder, passphrase: PASSPHRASE })).kind).toBe('opened')
  return north
}

/** The newcomer asks, North proposes to admit it, enough of those who vote approve, North invites it, it comes in. */
async function bringIn(
  at: Town,
  north: RunningInstitution,
  name: string,
  kind: 'hospital' | 'university' = 'hospital',
  approvers: readonly RunningInstitution[] = [],
) {
  const newcomer = await at.start(name)
  const port = await ownPort()
  const requestPath = join(at.files, `${name}.request`)
  const requested = await newcomer.ask.joining.request({
    folder: newcomer.folder,
    institutionName: `${name} institution`,
    personName: 'Admin',
    kind,
    zone: 'Asia/Taipei',
    wishesVote: kind === 'hospital',
    addresses: [`127.0.0.1:${port}`],
    listen: `127.0.0.1:${port}`,
    passphrase: PASSPHRASE,
    path: requestPath,
  })
  assert(requested.kind === 'requested', JSON.stringify(requested))

  const opened = await north.ask.governance.openRequest({ path: requestPath })
  assert(opened.kind === 'opened', JSON.stringify(opened))
  // The two numbers that are read over the telephone.
  expect(opened.request.fingerprint).toBe(requested.candidate.fingerprint)
  const plan = { kind: 'admit', fingerprint: opened.request.fingerprint } as const
  const proposed = await north.ask.governance.propose({ plan, note: '', passphrase: PASSPHRASE })
  assert(proposed.kind === 'proposed', JSON.stringify(proposed))
  const { memberId } = opened.request
  const { proposalId } = proposed.proposal
  for (const { ask } of approvers) {
    expect(proposed.proposal).toMatchObject({ standing: 'open' })
    await until(
      () => ask.governance.proposals(),
      (list) => list.some((each) => each.proposalId === proposalId),
    )
    expect((await ask.governance.approve({ proposalId, passphrase: PASSPHRASE })).kind).toBe('approved')
  }
  await until(
    () => north.ask.governance.overview(),
    ({ members }) => members.some((member) => member.memberId === memberId),
  )

  const invitationPath = join(at.files, `${name}.invitation`)
  const invited = await north.ask.governance.invite({
    memberId,
    passphrase: PASSPHRASE,
    path: invitationPath,
  })
  assert(invited.kind === 'invited', JSON.stringify(invited))
  const looked = await newcomer.ask.joining.openInvitation({
    folder: newcomer.folder,
    passphrase: PASSPHRASE,
    path: invitationPath,
  })
  assert(looked.kind === 'opened', JSON.stringify(looked))
  expect(looked.chainFingerprint).toBe(invited.chainFingerprint)
  // Another invitation lies there by then: as good a one, and not the one whose number was compared.
  const [right, otherPath] = [await readFile(invitationPath), join(at.files, `${name}.invitation.2`)]
  const other = await north.ask.governance.invite({ memberId, passphrase: PASSPHRASE, path: otherPath })
  assert(other.kind === 'invited', JSON.stringify(other))
  await copyFile(otherPath, invitationPath)
  const comeIn = () =>
    newcomer.ask.joining.join({
      folder: newcomer.folder,
      passphrase: PASSPHRASE,
      path: invitationPath,
      invitationHash: looked.invitationHash,
    })
  expect(await comeIn()).toEqual({ kind: 'refused-file', reason: 'changed', detail: invitationPath })
  await writeFile(invitationPath, right)
  const joined = await comeIn()
  assert(joined.kind === 'opened', JSON.stringify(joined))
  return { newcomer, memberId }
}

/** A visit of a new patient, as a clerk enters it. */
async function recordVisit({ ask }: RunningInstitution): Promise<void> {
  const registered = await ask.patients.register({
    patient: { name: '王小明', nationalId: 'A123456789', sex: 'male', birthDate: '1975-03-02' },
    although: { reason: 'other-person' },
  })
  assert(registered.kind === 'registered', JSON.stringify(registered))
  const visit = plainVisit(registered.patient.patientId, '2026-11-20')
  const findings = await ask.records.check(visit)
  const confirmations = findings
    .filter(({ severity }) => severity === 'confirm')
    .map(({ path, rule, params }) => ({ path, rule, value: params['value'] ?? '', by: 'test' }))
  const submitted = await ask.records.submit({
    visit: { ...visit, confirmations },
    draftId: null,
    change: null,
  })
  assert(submitted.kind === 'queued', JSON.stringify(submitted))
}

const connectionOf = async ({ ask }: RunningInstitution, memberId: string) =>
  (await ask.governance.overview()).members.find((each) => each.memberId === memberId)!.connection

/** Of a profile that is closed: rows of the key box, and keys of the gateway scope, from its vault and its store. */
async function keysToRecords({ folder }: RunningInstitution) {
  const opened = await openHeadless({ folder, passphrase: PASSPHRASE, world: testWorld(), drainMs: 0 })
  try {
    const node = opened.institution.profile.node!
    const rows = await keysIn(node.store as Store, 'k')
    return { rows: rows.length, keys: node.gatewayKeys().epochs.length }
  } finally {
    await opened.close()
  }
}

describe('several members', () => {
  it(
    'grow from one to four hospitals on an idle chain, one of them away when it gets its vote (A2); four do not become three (A4), and one that stops is seen (A16)',
    { timeout: 120_000 },
    async () => {
      let ahead = 0
      town = await createTown(testWorld({ now: () => Date.now() + ahead }))
      const at = town
      const north = await foundNorth(at)
      const brought = []
      for (const name of ['east', 'south', 'west']) brought.push(await bringIn(at, north, name))
      const memberIds = brought.map(({ memberId }) => memberId)

      // All see the same chain, fetched without a single visit.
      const { height } = await north.ask.governance.overview()
      for (const { newcomer } of brought)
        await until(
          () => newcomer.ask.governance.overview(),
          (view) => view.height >= height && view.members.length === 4,
        )

      // No vote without a proof.
      const plan = { kind: 'give-vote', memberIds } as const
      const unproven = await north.ask.governance.propose({ plan, note: '', passphrase: PASSPHRASE })
      expect(unproven).toMatchObject({ kind: 'refused', reason: 'proof-missing' })
      for (const { newcomer, memberId } of brought) {
        const path = join(at.files, `${newcomer.name}.proof`)
        const saved = await newcomer.ask.governance.saveProof({ path })
        expect(saved).toMatchObject({ kind: 'saved', isComplete: true })
        expect(await north.ask.governance.openProof({ path })).toMatchObject({
          kind: 'opened',
          memberId,
          verdict: 'holds',
        })
      }
      // Two and three voters tolerate no failure: refused with the numbers.
      const two = { kind: 'give-vote', memberIds: memberIds.slice(0, 1) } as const
      expect(await north.ask.governance.weigh(two)).toMatchObject({
        kind: 'refused',
        reason: 'voter-count',
        arithmetic: { before: { voters: 1 }, after: { voters: 2, quorum: 2, faultsTolerated: 0 } },
      })
      await until(
        () => north.ask.governance.weigh(plan),
        (weighed) => weighed.kind === 'possible',
      )
      // One of the three is away when it gets its vote: its seat is empty, the others decide without it (A2).
      const [east, south, west] = brought.map(({ newcomer }) => newcomer) as [
        RunningInstitution,
        RunningInstitution,
        RunningInstitution,
      ]
      await west.ask.app.closeProfile()
      await until(
        () => north.ask.governance.weigh(plan),
        ({ arithmetic }) => arithmetic?.after.reachable === 3,
      )
      const given = await north.ask.governance.propose({ plan, note: '', passphrase: PASSPHRASE })
      assert(given.kind === 'proposed', JSON.stringify(given))
      for (const { ask } of [north, east, south])
        await until(
          () => ask.governance.overview(),
          ({ strength }) => strength.voters === 4 && strength.reachable === 3,
        )
      await recordVisit(north)
      for (const { ask } of [north, east, south])
        await until(
          () => ask.node.status(),
          ({ blockCount, queuedCount }) => blockCount === 1 && queuedCount === 0,
        )
      const back = await west.ask.app.open({ folder: west.folder, passphrase: PASSPHRASE })
      expect(back.kind).toBe('opened')
      const everybody = [north, east, south, west]
      for (const { ask } of everybody)
        await until(
          () => ask.governance.overview(),
          ({ strength }) => strength.voters === 4 && strength.reachable === 4,
        )
      await until(
        () => west.ask.node.status(),
        ({ blockCount }) => blockCount === 1,
      )

      // Now three of four decide: North alone does not, and its proposal goes round as a file too.
      const policy = { kind: 'policy', name: 'smallestCount', value: 20 } as const
      const proposed = await north.ask.governance.propose({
        plan: policy,
        note: 'stricter',
        passphrase: PASSPHRASE,
      })
      assert(proposed.kind === 'proposed', JSON.stringify(proposed))
      expect(proposed.proposal).toMatchObject({ standing: 'open', quorum: 3, hasOwnApproval: true })
      const { proposalId } = proposed.proposal
      const path = join(at.files, 'policy.proposal')
      expect((await north.ask.governance.saveProposal({ proposalId, path })).kind).toBe('saved')
      for (const { newcomer } of brought.slice(0, 2)) {
        // It may have come over the network already: then the file says nothing new.
        expect((await newcomer.ask.governance.openProposal({ path })).kind).toBe('opened')
        const approved = await newcomer.ask.governance.approve({ proposalId, passphrase: PASSPHRASE })
        expect(approved.kind).toBe('approved')
        expect((await newcomer.ask.governance.saveProposal({ proposalId, path })).kind).toBe('saved')
      }
      expect((await north.ask.governance.openProposal({ path })).kind).toBe('opened')
      for (const { ask } of everybody)
        await until(
          () => ask.governance.overview(),
          (view) => view.policy.some(({ name, value }) => name === 'smallestCount' && value === 20),
        )
      await until(
        () => north.ask.governance.proposals(),
        (list) => list.some((each) => each.proposalId === proposalId && each.standing === 'decided'),
      )

      // Who comes in now is voted on by three of the four (A2).
      const campus = (await bringIn(at, north, 'campus', 'university', [east, south])).newcomer
      for (const { ask } of everybody)
        await until(
          () => ask.governance.overview(),
          ({ members }) => members.some(({ name }) => name === 'campus institution'),
        )

      // From four to three is refused with the numbers (A4).
      const removal = { kind: 'remove', memberId: memberIds[2]!, successor: null } as const
      expect(await north.ask.governance.weigh(removal)).toMatchObject({
        kind: 'refused',
        reason: 'voter-count',
        arithmetic: {
          before: { voters: 4, quorum: 3, reachable: 4, spare: 1 },
          after: { voters: 3, quorum: 3, reachable: 3, spare: 0, faultsTolerated: 0 },
        },
      })
      // A node that stops is seen by the others, with the height that it said last and what it means (A16).
      const { height: last } = await north.ask.governance.overview()
      await until(
        () => connectionOf(north, memberIds[2]!),
        ({ height: said }) => said === last,
      )
      await brought[2]!.newcomer.ask.app.closeProfile()
      const seen = await until(
        () => north.ask.governance.overview(),
        ({ strength }) => strength.reachable === 3,
      )
      expect(seen.strength).toMatchObject({ voters: 4, quorum: 3, spare: 0 })
      expect(await connectionOf(north, memberIds[2]!)).toMatchObject({ state: 'away', height: last })
      expect(seen.alerts.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['no-spare', 'member-away']))
      // With one down it is refused with the numbers of now, whether the one that is there is to go or the one that is away (A4).
      for (const [memberId, reachable] of [
        [memberIds[1]!, 2],
        [memberIds[2]!, 3],
      ] as const)
        expect(await north.ask.governance.weigh({ kind: 'remove', memberId, successor: null })).toMatchObject(
          {
            kind: 'refused',
            reason: 'voter-count',
            arithmetic: {
              before: { voters: 4, quorum: 3, reachable: 3, spare: 0 },
              after: { voters: 3, quorum: 3, reachable, spare: reachable - 3, faultsTolerated: 0 },
            },
          },
        )

      // The university came in by its invitation too: it verifies the whole chain, and has nothing that opens a record.
      await campus.ask.app.closeProfile()
      // The time slot of the visit has closed: now a member without a vote is shown it.
      ahead = 120_000
      expect((await campus.ask.app.open({ folder: campus.folder, passphrase: PASSPHRASE })).kind).toBe(
        'opened',
      )
      const { tip } = await north.ask.node.status()
      await until(
        () => campus.ask.node.status(),
        (status) => status.blockCount === 1 && status.tip === tip,
      )
      const { jobId } = await campus.ask.chain.startVerify()
      const verified = await until(
        () => campus.ask.chain.verifyResult({ jobId }),
        (result) => result !== null,
      )
      expect(verified).toMatchObject({ kind: 'ok', blocks: 1, tip })
      await campus.ask.app.closeProfile()
      await east.ask.app.closeProfile()
      expect(await keysToRecords(campus)).toEqual({ rows: 0, keys: 0 })
      // The same look at a hospital finds both.
      const ofHospital = await keysToRecords(east)
      expect(ofHospital.rows).toBe(1)
      expect(ofHospital.keys).toBeGreaterThan(0)
    },
  )

  it(
    'found together: nobody starts before all have signed one document, then all see each other (A1)',
    { timeout: 120_000 },
    async () => {
      town = await createTown()
      const at = town
      const all = []
      for (const name of ['north', 'east', 'south', 'west']) {
        const institution = await at.start(name)
        const port = await ownPort()
        const requested = await institution.ask.joining.request({
          folder: institution.folder,
          institutionName: `${name} hospital`,
          personName: 'Admin',
          kind: 'hospital',
          zone: 'Asia/Taipei',
          wishesVote: true,
          addresses: [`127.0.0.1:${port}`],
          listen: `127.0.0.1:${port}`,
          passphrase: PASSPHRASE,
          path: join(at.files, `${name}.request`),
        })
        assert(requested.kind === 'requested', JSON.stringify(requested))
        all.push({ institution, requested })
      }
      const [north, ...others] = all
      assert(north !== undefined, 'there are four')
      const draft = (paths: string[]) =>
        north.institution.ask.joining.draftFounding({
          folder: north.institution.folder,
          passphrase: PASSPHRASE,
          consortiumName: 'Island',
          paths,
          voters: null,
          allowFewVoters: false,
          savePath: join(at.files, 'island.founding'),
        })
      expect(await draft(others.slice(0, 2).map(({ requested }) => requested.path))).toMatchObject({
        kind: 'refused-founding',
        reason: 'voter-count',
        voterCount: 3,
      })
      const drafted = await draft(others.map(({ requested }) => requested.path))
      assert(drafted.kind === 'drafted', JSON.stringify(drafted))
      expect(drafted.round).toMatchObject({ voters: 4, quorum: 3, faultsTolerated: 1, isComplete: false })

      // The file goes round; each sees the same chain and number before it signs, and nobody can start yet.
      const paths = [drafted.path]
      for (const { institution } of others) {
        const { folder, ask } = institution
        const opened = await ask.joining.openFounding({ folder, paths })
        assert(opened.kind === 'opened', JSON.stringify(opened))
        const { chainId, fingerprint, documentHash } = drafted.round
        expect(opened.round).toMatchObject({ chainId, fingerprint, documentHash })
        const early = await ask.joining.startFounded({ folder, passphrase: PASSPHRASE, paths, documentHash })
        expect(early.kind).toBe('waiting')
        const wrong = await ask.joining.signFounding({
          folder,
          passphrase: 'not this one at all',
          paths,
          documentHash,
        })
        expect(wrong).toMatchObject({ kind: 'refused', reason: 'wrong-passphrase' })
        const signed = await ask.joining.signFounding({ folder, passphrase: PASSPHRASE, paths, documentHash })
        expect(signed.kind).toBe('signed')
      }
      for (const { institution } of all) {
        const { ask, folder } = institution
        const { documentHash } = drafted.round
        const started = await ask.joining.startFounded({
          folder,
          passphrase: PASSPHRASE,
          paths,
          documentHash,
        })
        expect(started, JSON.stringify(started)).toMatchObject({ kind: 'opened' })
        // A folder that came in is no candidate any more.
        expect(await ask.joining.candidate({ folder })).toBeNull()
      }
      for (const { institution } of all)
        await until(
          () => institution.ask.governance.overview(),
          ({ chainId, strength }) =>
            chainId === drafted.round.chainId && strength.voters === 4 && strength.reachable === 4,
        )
      // The one with the least id calls all the others, and none of them needs to call it: it asks to be called back.
      for (const { institution } of all)
        expect(
          await until(
            () => institution.ask.upkeep.checklist(),
            ({ address }) => address === 'reached',
          ),
        ).toMatchObject({ address: 'reached', callBack: null })
      const { ask } = all[0]!.institution
      expect((await ask.governance.overview()).contradiction).toBeNull()
      expect(await ask.governance.saveContradiction({ path: join(at.files, 'none.json') })).toEqual({
        kind: 'none',
      })
    },
  )
})
