/** T29 and the unattended start: what a machine keeps of the keys, who is told, and what a stolen folder opens. */
import { copyFile, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { compose } from '../compose.ts'
import { noDesktop, type Composed } from '../desktop.ts'
import { asking, PASSPHRASE, testWorld } from '../governance/institution.test-kit.ts'
import type { PeopleChange } from '../node/vault/institution-vault.ts'
import { BY_MACHINE, foundProfile, openProfile, type ProfileWorld } from './open-profile.ts'
import { changePeopleOf } from './people-file.ts'
import { ProfileFailure } from './profile-failure.ts'
import { loadFacts } from './profile-folder.ts'
import { noSecretStore } from './secret-store.ts'
import { memorySecretStore } from './secret-store.test-kit.ts'

const folders: string[] = []
const open: Composed[] = []
afterEach(async () => {
  for (const composed of open.splice(0)) await composed.close()
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true, maxRetries: 5 })
})
async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'consilium-machine-'))
  folders.push(folder)
  return folder
}

async function founded(world: ProfileWorld): Promise<string> {
  const folder = join(await freshFolder(), 'north')
  await foundProfile(world, {
    folder,
    institutionName: 'North',
    personName: 'Ada',
    roles: ['clerk', 'administrator'],
    passphrase: PASSPHRASE,
    zone: 'Asia/Taipei',
    isSynthetic: false,
  })
  return folder
}
/** What the machine keeps from now on; the folder is closed again. */
async function choose(
  world: ProfileWorld,
  folder: string,
  choice: { startsAlone: boolean; isSecondFactor: boolean },
) {
  const { profile, lease } = await openProfile(world, folder, PASSPHRASE)
  const chosen = await profile.machine.choose(PASSPHRASE, choice)
  const { restart } = profile
  lease!.release()
  await profile.close()
  return { chosen, restart }
}
const refusalOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof ProfileFailure ? error.detail.code : String(error)),
  )

const BOTH = { startsAlone: true, isSecondFactor: true }
const START = { startsAlone: true, isSecondFactor: false }

describe('a start while nobody is there', { timeout: 60_000 }, () => {
  it('opens the node and no session, once an administrator chose it, and tells the others so', async () => {
    const world = testWorld({ secretStore: memorySecretStore() })
    const folder = await founded(world)
    expect(await refusalOf(openProfile(world, folder, BY_MACHINE))).toBe('wrong-passphrase')
    expect(await choose(world, folder, START)).toEqual({ chosen: 'chosen', restart: 'alone' })
    const { profile, lease } = await openProfile(world, folder, BY_MACHINE)
    expect(lease).toBe(null)
    expect(profile.keyring.leaseCount).toBe(0)
    expect(profile.node!.status.standing).toBe('voting')
    expect(profile.restart).toBe('alone')
    const unlocked = await profile.unlock(PASSPHRASE)
    expect(unlocked.session.keys).not.toBe(null)
    unlocked.release()
    await profile.close()
  })

  it('is not possible with the machine’s file alone: elsewhere, or without a keyring, a person has to come', async () => {
    const world = testWorld({ secretStore: memorySecretStore() })
    const folder = await founded(world)
    await choose(world, folder, START)
    for (const secretStore of [memorySecretStore(), noSecretStore]) {
      const stolen = testWorld({ secretStore })
      expect(await refusalOf(openProfile(stolen, folder, BY_MACHINE))).toBe('wrong-passphrase')
      const { profile, lease } = await openProfile(stolen, folder, PASSPHRASE)
      expect(profile.restart).toBe('person')
      lease!.release()
      await profile.close()
    }
  })

  it('follows a section that has a fresh key since: until somebody unlocks, a person is needed', async () => {
    const world = testWorld({ secretStore: memorySecretStore() })
    const folder = await founded(world)
    await choose(world, folder, START)
    const by = { account: 'ada', passphrase: PASSPHRASE }
    const change = async (wanted: PeopleChange) => {
      const changed = await changePeopleOf(world, folder, by, wanted)
      if (changed.kind !== 'changed') throw new Error(changed.reason)
      return changed.roster
    }
    const roster = await change({
      kind: 'add',
      name: 'Bo',
      account: 'bo',
      roles: ['clerk'],
      passphrase: 'Bo enters visits daily',
    })
    await change({ kind: 'leave', personId: roster.people.find(({ account }) => account === 'bo')!.personId })
    expect(await refusalOf(openProfile(world, folder, BY_MACHINE))).toBe('wrong-passphrase')
    const { profile, lease } = await openProfile(world, folder, by)
    expect(profile.restart).toBe('alone')
    lease!.release()
    await profile.close()
    const alone = await openProfile(world, folder, BY_MACHINE)
    await alone.profile.close()
  })

  it('shows a locked screen behind which the node runs, and the passphrase unlocks it', async () => {
    const secretStore = memorySecretStore()
    const folder = await founded(testWorld({ secretStore }))
    await choose(testWorld({ secretStore }), folder, BOTH)
    const settingsFolder = await freshFolder()
    const states: string[] = []
    const composed = await compose(
      {
        settingsFolder,
        profileFolder: folder,
        applicationVersion: '0.0.0',
        systemLocale: 'en',
        desktop: noDesktop,
        emit: (service, event, payload) => {
          if (service === 'app' && event === 'sessionChanged')
            states.push((payload as { state: string }).state)
        },
        startNode: () => expect.fail('these tests start no process'),
        secretStore,
      },
      testWorld(),
    )
    open.push(composed)
    await expect.poll(() => states).toEqual(['locked'])
    const ask = asking(composed)
    expect(await ask.node.status()).toMatchObject({ state: 'running', standing: 'voting' })
    await expect(ask.patients.search({ text: '', limit: 1 })).rejects.toMatchObject({ code: 'locked' })
    expect(await ask.app.unlock({ passphrase: PASSPHRASE })).toMatchObject({ kind: 'opened' })
    expect(await ask.upkeep.machine()).toMatchObject({ ...BOTH, restart: 'alone', store: { kind: 'real' } })
    expect(await ask.upkeep.chooseMachine({ passphrase: 'not the passphrase', ...START })).toMatchObject({
      kind: 'refused',
      reason: 'wrong-passphrase',
    })
    const none = { startsAlone: false, isSecondFactor: false }
    expect(await ask.upkeep.chooseMachine({ passphrase: PASSPHRASE, ...none })).toMatchObject({
      kind: 'chosen',
      view: { ...none, restart: 'person' },
    })
    const { members } = await ask.governance.overview()
    expect(members[0]!.connection.restart).toBe('person')
  })
})

describe('T29: a machine without a keyring', { timeout: 60_000 }, () => {
  it('keeps nothing but the passphrase, says so, and is not talked into more', async () => {
    const world = testWorld({ secretStore: noSecretStore })
    const folder = await founded(world)
    for (const choice of [BOTH, START, { startsAlone: false, isSecondFactor: true }])
      expect(await choose(world, folder, choice)).toEqual({ chosen: 'not-real', restart: 'person' })
    await expect(readFile(join(folder, 'machine.json'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('is told as one that starts alone where whatever starts it brings the passphrase', async () => {
    const world = testWorld({ isStartUnattended: true })
    const folder = await founded(world)
    const { profile, lease } = await openProfile(world, folder, PASSPHRASE)
    expect(profile.restart).toBe('alone')
    lease!.release()
    await profile.close()
  })
})

describe('the second factor', { timeout: 60_000 }, () => {
  it('leaves a thief nothing to try passphrases on, and the owner nothing to notice', async () => {
    const world = testWorld({ secretStore: memorySecretStore() })
    const folder = await founded(world)
    const before = await readFile(join(folder, 'keys.json'), 'utf8')
    await choose(world, folder, BOTH)
    const layered = await readFile(join(folder, 'keys.json'), 'utf8')
    expect(Object.keys(JSON.parse(layered) as object)).toEqual(['format', 'sealed'])
    for (const word of ['scrypt', 'doors', 'salt']) expect(layered).not.toContain(word)
    const stolen = join(await freshFolder(), 'stolen')
    await cp(folder, stolen, { recursive: true })
    for (const secretStore of [memorySecretStore(), noSecretStore])
      expect(await refusalOf(openProfile(testWorld({ secretStore }), stolen, PASSPHRASE))).toBe(
        'needs-this-machine',
      )
    // Everything that writes the file keeps the layer.
    const { profile, lease } = await openProfile(world, folder, PASSPHRASE)
    await changePeopleOf(
      world,
      folder,
      { account: 'ada', passphrase: PASSPHRASE },
      {
        kind: 'add',
        name: 'Bo',
        account: 'bo',
        roles: ['clerk'],
        passphrase: 'Bo enters visits daily',
      },
    )
    expect(await readFile(join(folder, 'keys.json'), 'utf8')).not.toContain('doors')
    await profile.machine.choose({ account: 'ada', passphrase: PASSPHRASE }, START)
    expect(await readFile(join(folder, 'keys.json'), 'utf8')).toContain('doors')
    lease!.release()
    await profile.close()
    expect(before).toContain('doors')
  })

  it('is refused as damaged where its bytes were changed, and the older file still opens', async () => {
    const world = testWorld({ secretStore: memorySecretStore() })
    const folder = await founded(world)
    await copyFile(join(folder, 'keys.json'), join(folder, 'keys.copy'))
    await choose(world, folder, BOTH)
    expect((await loadFacts(folder)).institutionName).toBe('North')
    const text = await readFile(join(folder, 'keys.json'), 'utf8')
    await writeFile(
      join(folder, 'keys.json'),
      text.replace(/(.)"\}\n$/, (_, c: string) => `${c === '0' ? '1' : '0'}"}\n`),
    )
    expect(await refusalOf(openProfile(world, folder, PASSPHRASE))).toBe('profile-damaged')
    await copyFile(join(folder, 'keys.copy'), join(folder, 'keys.json'))
    const { profile, lease } = await openProfile(world, folder, PASSPHRASE)
    lease!.release()
    await profile.close()
  })
})
