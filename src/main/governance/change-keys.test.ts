/** A5 as people do it: one hospital plans other keys, another had its own stolen. Real nodes over loopback. */
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { assert } from '../../shared/std/assert.ts'
import {
  createTown,
  foundedTogether,
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

async function keysSeenBy({ ask }: RunningInstitution, name: string) {
  const { members } = await ask.governance.overview()
  const member = members.find((each) => each.name === `${name} hospital`)
  assert(member !== undefined, `${name} is a member`)
  return member.keys
}

async function approve({ ask }: RunningInstitution, proposalId: string): Promise<void> {
  await until(
    () => ask.governance.proposals(),
    (list) => list.some((each) => each.proposalId === proposalId && each.mayApprove),
  )
  const voiced = await ask.governance.approve({ proposalId, passphrase: PASSPHRASE })
  expect(voiced.kind).toBe('approved')
}

async function kitOf({ ask }: RunningInstitution): Promise<string> {
  const kit = await ask.app.saveRecoveryKit({ passphrase: PASSPHRASE, as: 'text' })
  assert(kit.kind === 'text', JSON.stringify(kit))
  return kit.text
}

const settled = (at: RunningInstitution) =>
  until(
    () => at.ask.governance.overview(),
    ({ ownKeys, strength, alerts }) =>
      ownKeys.madeAt === null && strength.reachable === strength.voters && alerts.length === 0,
  )

describe('an institution that changes its keys', () => {
  it('proposes them itself where nobody else has them, and asks for a new recovery kit (A5, planned)', async () => {
    const at = (town = await createTown())
    const [north, south, east, west] = await foundedTogether(at, ['north', 'south', 'east', 'west'])
    assert(north && south && east && west, 'four have founded')
    const oldKit = await kitOf(north)
    expect(await north.ask.app.proveRecoveryKit({ text: oldKit })).toEqual({ kind: 'proven' })
    const before = await keysSeenBy(south, 'north')
    const since = (await north.ask.governance.overview()).ownKeys.sinceTime ?? 0

    const wrong = await north.ask.governance.changeKeys({
      because: 'planned',
      note: '',
      passphrase: 'not the passphrase',
    })
    expect(wrong.kind).toBe('wrong-passphrase')
    const asked = await north.ask.governance.changeKeys({
      because: 'planned',
      note: 'once a year',
      passphrase: PASSPHRASE,
    })
    assert(asked.kind === 'proposed', JSON.stringify(asked))
    expect(asked.proposal.changes).toMatchObject([{ kind: 'new-keys', memberName: 'north hospital' }])
    // From here on a burnt machine would take the new keys with it.
    expect((await north.ask.upkeep.checklist()).isKitProven).toBe(false)
    expect(await north.ask.app.proveRecoveryKit({ text: oldKit })).toEqual({
      kind: 'refused',
      reason: 'older-keys',
    })
    const kit = await kitOf(north)
    expect(await north.ask.app.proveRecoveryKit({ text: kit })).toEqual({ kind: 'proven' })

    const { proposalId } = asked.proposal
    await approve(south, proposalId)
    await approve(east, proposalId)
    for (const each of [north, south, east, west])
      await until(
        () => keysSeenBy(each, 'north'),
        (keys) => keys.author !== before.author,
      )
    const after = await keysSeenBy(west, 'north')
    expect(after.root).toBe(before.root)
    expect(after.custodian).toBe(before.custodian)
    for (const purpose of ['consensus', 'author', 'network', 'gateway'] as const)
      expect(after[purpose]).not.toBe(before[purpose])
    const { ownKeys } = await settled(north)
    expect(ownKeys).toMatchObject({ isReplaced: false, isRefused: false, effectHeight: null })
    // Birth times of blocks are cut to the minute.
    expect(ownKeys.sinceTime).toBeGreaterThanOrEqual(since)
    // The kit of the meantime held both, and still brings the institution back.
    expect(await north.ask.app.proveRecoveryKit({ text: kit })).toEqual({ kind: 'proven' })
  }, 180_000)

  it('lets another member propose them after a theft, and whoever has the old ones is not let in any more (A5, emergency)', async () => {
    const at = (town = await createTown())
    const [north, south, east, west] = await foundedTogether(at, ['north', 'south', 'east', 'west'])
    assert(north && south && east && west, 'four have founded')
    // What the thief has: the folder as it was, and the passphrase.
    await east.ask.app.closeProfile()
    const copied = join(at.files, 'copied')
    await cp(east.folder, copied, { recursive: true })
    expect((await east.ask.app.open({ folder: east.folder, passphrase: PASSPHRASE })).kind).toBe('opened')
    await until(
      () => north.ask.governance.overview(),
      ({ strength }) => strength.reachable === 4,
    )
    const before = await keysSeenBy(north, 'east')
    const path = join(at.files, 'east.new-keys')
    const saved = await east.ask.governance.changeKeys({
      because: 'stolen',
      note: '',
      passphrase: PASSPHRASE,
      path,
    })
    assert(saved.kind === 'saved', JSON.stringify(saved))
    // Nothing is proposed under the keys that a thief has too.
    expect(await east.ask.governance.proposals()).toEqual([])

    const opened = await north.ask.governance.openRequest({ path })
    assert(opened.kind === 'opened', JSON.stringify(opened))
    expect(opened.request).toMatchObject({ purpose: 'new-keys', fingerprint: saved.fingerprint })
    const proposed = await north.ask.governance.propose({
      plan: { kind: 'new-keys', fingerprint: saved.fingerprint },
      note: 'stolen laptop',
      passphrase: PASSPHRASE,
    })
    assert(proposed.kind === 'proposed', JSON.stringify(proposed))
    await approve(south, proposed.proposal.proposalId)
    await approve(west, proposed.proposal.proposalId)
    await until(
      () => keysSeenBy(north, 'east'),
      (keys) => keys.consensus !== before.consensus,
    )
    await settled(east)

    // With the old keys nobody is let in, and that is what the machine says. One set of addresses, one machine at a time.
    await east.close()
    const thief = await at.start('thief')
    const stolen = await thief.ask.app.open({ folder: copied, passphrase: PASSPHRASE })
    expect(stolen.kind).toBe('opened')
    const refused = await until(
      () => thief.ask.governance.overview(),
      ({ ownKeys }) => ownKeys.isRefused,
    )
    expect(refused.strength.reachable).toBe(1)
    expect(refused.alerts.map(({ kind }) => kind)).toContain('keys-refused')
    const { members } = await north.ask.governance.overview()
    expect(members.find(({ name }) => name === 'east hospital')?.connection.state).toBe('away')
  }, 180_000)
})
