/** From one member to four on an idle chain, with real nodes over loopback and files between them (A2, A4, A16). */
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { assert } from '../../shared/std/assert.ts'
import {
  createTown,
  freePort,
  PASSPHRASE,
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
  const listen = `127.0.0.1:${await freePort()}`
  expect(await ask.governance.saveListening({ listen, announce: [] })).toEqual({ isSaved: true })
  await ask.app.closeProfile()
  expect((await ask.app.open({ folder, passphrase: PASSPHRASE })).kind).toBe('opened')
  return north
}

/** The newcomer asks, North admits and invites it, it comes in. */
async function bringIn(
  at: Town,
  north: RunningInstitution,
  name: string,
  kind: 'hospital' | 'university' = 'hospital',
) {
  const newcomer = await at.start(name)
  const port = await freePort()
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
  const joined = await newcomer.ask.joining.join({
    folder: newcomer.folder,
    passphrase: PASSPHRASE,
    path: invitationPath,
  })
  assert(joined.kind === 'opened', JSON.stringify(joined))
  return { newcomer, memberId }
}

describe('several members', () => {
  it(
    'grow from one to four hospitals on an idle chain, and one that stops is seen',
    { timeout: 120_000 },
    async () => {
      town = await createTown()
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
      const given = await north.ask.governance.propose({ plan, note: '', passphrase: PASSPHRASE })
      assert(given.kind === 'proposed', JSON.stringify(given))
      const everybody = [north, ...brought.map(({ newcomer }) => newcomer)]
      for (const { ask } of everybody)
        await until(
          () => ask.governance.overview(),
          ({ strength }) => strength.voters === 4 && strength.reachable === 4,
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

      // From four to three is refused with the numbers (A4).
      const removal = { kind: 'remove', memberId: memberIds[2]!, successor: null } as const
      expect(await north.ask.governance.weigh(removal)).toMatchObject({
        kind: 'refused',
        reason: 'voter-count',
        arithmetic: { before: { voters: 4, quorum: 3 }, after: { voters: 3, quorum: 3, faultsTolerated: 0 } },
      })
      // A node that stops is seen by the others, with what it means (A16).
      await brought[2]!.newcomer.ask.app.closeProfile()
      const seen = await until(
        () => north.ask.governance.overview(),
        ({ strength }) => strength.reachable === 3,
      )
      expect(seen.strength).toMatchObject({ voters: 4, quorum: 3, spare: 0 })
      expect(seen.alerts.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['no-spare', 'member-away']))
      // With one down it would stop the rest as well: taking the one away that is there, or the one that is not.
      for (const memberId of [memberIds[1]!, memberIds[2]!])
        expect(await north.ask.governance.weigh({ kind: 'remove', memberId, successor: null })).toMatchObject(
          {
            kind: 'refused',
            reason: 'voter-count',
          },
        )
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
        const port = await freePort()
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
        const { chainId, fingerprint } = drafted.round
        expect(opened.round).toMatchObject({ chainId, fingerprint })
        const early = await ask.joining.startFounded({ folder, passphrase: PASSPHRASE, paths })
        expect(early.kind).toBe('waiting')
        const wrong = await ask.joining.signFounding({ folder, passphrase: 'not this one at all', paths })
        expect(wrong).toMatchObject({ kind: 'refused', reason: 'wrong-passphrase' })
        expect((await ask.joining.signFounding({ folder, passphrase: PASSPHRASE, paths })).kind).toBe(
          'signed',
        )
      }
      for (const { institution } of all) {
        const { ask, folder } = institution
        const started = await ask.joining.startFounded({ folder, passphrase: PASSPHRASE, paths })
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
