import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { createNodeCrypto } from '../node/crypto-node.ts'
import { freshKeys } from '../node/vault/institution-keys.test-kit.ts'
import { createProfile, loadFacts, saveFacts, unsealKeys, type NewProfile } from './profile-folder.ts'
import { isProfileInUse, lockProfile } from './profile-lock.ts'

const folders: string[] = []
async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'consilium-profile-'))
  folders.push(folder)
  return folder
}
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})

const crypto = createNodeCrypto()
const random = (count: number) => new Uint8Array(randomBytes(count))
const newProfile = (passphrase = 'a passphrase of several words'): NewProfile => ({
  world: { crypto, random, now: () => 1 },
  passphrase,
  scryptCost: 2 ** 10,
  facts: {
    institutionName: 'North Hospital',
    memberId: 'aa'.repeat(16),
    chainId: 'bb'.repeat(32),
    zone: 'Asia/Taipei',
    isSynthetic: false,
    createdAt: 1,
    isRecoveryKitProven: false,
    isRestored: false,
    genesis: 'cc',
  },
  keys: freshKeys(),
})
const noStore = async () => {}
/** A clock that the test moves, and a sleep that moves it. */
function fakeClock() {
  const clock = {
    crypto,
    time: 1_000_000,
    slept: 0,
    now: () => clock.time,
    sleep: async (ms: number) => advance(ms),
  }
  const advance = (ms: number) => {
    clock.slept += ms
    clock.time += ms
  }
  return clock
}

describe('createProfile', () => {
  it('makes a folder that opens again with the same facts and keys, for its owner alone', async () => {
    const folder = join(await freshFolder(), 'north')
    const profile = newProfile()
    await createProfile(folder, profile, noStore)
    expect(await loadFacts(folder)).toMatchObject(profile.facts)
    const opened = await unsealKeys(folder, profile.passphrase, ['node', 'session'], fakeClock())
    const { person: _, ...session } = profile.keys.session
    expect(opened).toMatchObject({ node: profile.keys.node, session })
    expect(opened.root).toBeUndefined()
    if (process.platform !== 'win32') {
      expect((await stat(folder)).mode & 0o77).toBe(0)
      for (const name of await readdir(folder)) expect((await stat(join(folder, name))).mode & 0o77).toBe(0)
    }
  })

  it('refuses a folder with anything in it, and leaves that alone', async () => {
    const folder = await freshFolder()
    await writeFile(join(folder, 'letter.txt'), 'dear')
    await expect(createProfile(folder, newProfile(), noStore)).rejects.toMatchObject({
      detail: { code: 'folder-not-empty' },
    })
    expect(await readdir(folder)).toEqual(['letter.txt'])
  })

  it('refuses a file where a folder should be', async () => {
    const path = join(await freshFolder(), 'file')
    await writeFile(path, '')
    await expect(createProfile(path, newProfile(), noStore)).rejects.toMatchObject({
      detail: { code: 'folder-not-empty' },
    })
  })

  it('refuses a weak passphrase before it touches the disk', async () => {
    const folder = join(await freshFolder(), 'north')
    await expect(createProfile(folder, newProfile('short'), noStore)).rejects.toMatchObject({
      detail: { code: 'passphrase-too-weak', detail: 'too-short' },
    })
    expect(await readdir(join(folder, '..'))).toEqual([])
  })

  it('goes on after a founding that was cut short', async () => {
    const folder = join(await freshFolder(), 'north')
    const cut = createProfile(folder, newProfile(), async () => {
      throw Object.assign(new Error('no space left'), { code: 'ENOSPC' })
    })
    await expect(cut).rejects.toMatchObject({ detail: { code: 'disk-full' } })
    await expect(loadFacts(folder)).rejects.toMatchObject({ detail: { code: 'profile-missing' } })
    await createProfile(folder, newProfile(), noStore)
    expect((await loadFacts(folder)).institutionName).toBe('North Hospital')
  })
})

describe('loadFacts', () => {
  it('tells a missing, a damaged and a newer profile apart', async () => {
    const folder = await freshFolder()
    await expect(loadFacts(folder)).rejects.toMatchObject({ detail: { code: 'profile-missing' } })
    await createProfile(folder, newProfile(), noStore)
    const text = await readFile(join(folder, 'profile.json'), 'utf8')
    await writeFile(join(folder, 'profile.json'), text.replace('North', 'South'))
    await expect(loadFacts(folder)).rejects.toMatchObject({
      detail: { code: 'profile-damaged', detail: 'profile.json' },
    })
    await writeFile(join(folder, 'profile.json'), text.replace('"format": 1', '"format": 7'))
    await expect(loadFacts(folder)).rejects.toMatchObject({ detail: { code: 'profile-newer', detail: '7' } })
    await writeFile(join(folder, 'profile.json'), text)
    await writeFile(join(folder, 'keys.json'), '{"format":1')
    await expect(loadFacts(folder)).rejects.toMatchObject({
      detail: { code: 'profile-damaged', detail: 'keys.json' },
    })
  })

  it('keeps a fact that was changed', async () => {
    const folder = await freshFolder()
    const facts = await createProfile(folder, newProfile(), noStore)
    await saveFacts(folder, { ...facts, isRecoveryKitProven: true })
    expect((await loadFacts(folder)).isRecoveryKitProven).toBe(true)
  })
})

describe('unsealKeys', () => {
  it('makes wrong passphrases wait longer and longer, also over a restart, and forgets them after the right one', async () => {
    const folder = await freshFolder()
    await createProfile(folder, newProfile(), noStore)
    const clock = fakeClock()
    const wrong = () => unsealKeys(folder, 'not the passphrase', ['node'], clock)
    for (const seconds of ['1', '2', '4', '8'])
      await expect(wrong()).rejects.toMatchObject({ detail: { code: 'wrong-passphrase', detail: seconds } })
    expect(clock.slept).toBe(7000)
    // Now the wait is too long to be waited out: even the right one is refused until it is over.
    const right = () => unsealKeys(folder, newProfile().passphrase, ['node'], clock)
    await expect(right()).rejects.toMatchObject({ detail: { code: 'wrong-passphrase', detail: '8' } })
    clock.time += 8000
    await right()
    expect(await readFile(join(folder, 'attempts.json'), 'utf8')).toBe('{"count":0,"lastAt":0}')
  })
})

describe('twenty wrong passphrases at once', () => {
  it('are tried one after another, each counted before the next', async () => {
    const folder = await freshFolder()
    await createProfile(folder, newProfile(), noStore)
    const clock = fakeClock()
    const tries = Array.from({ length: 20 }, () => unsealKeys(folder, 'not the passphrase', ['node'], clock))
    const waits = (await Promise.allSettled(tries)).map((tried) =>
      tried.status === 'rejected' ? (tried.reason as { detail: { detail: string } }).detail.detail : 'opened',
    )
    expect(waits).toEqual(['1', '2', '4', '8', ...Array.from({ length: 16 }, () => '8')])
    expect(JSON.parse(await readFile(join(folder, 'attempts.json'), 'utf8'))).toMatchObject({ count: 4 })
  })
})

describe('lockProfile', () => {
  it('refuses a second holder and lets go', async () => {
    const folder = await freshFolder()
    const lock = await lockProfile(folder)
    await expect(lockProfile(folder)).rejects.toMatchObject({
      detail: { code: 'profile-in-use', detail: String(process.pid) },
    })
    expect(await isProfileInUse(folder)).toBe(true)
    await lock.release()
    expect(await isProfileInUse(folder)).toBe(false)
    await (await lockProfile(folder)).release()
  })

  it('refuses while another living process holds it and takes over when that one is dead', async () => {
    const folder = await freshFolder()
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
    await writeFile(
      join(folder, 'profile.lock'),
      JSON.stringify({ pid: child.pid, host: hostname(), birth: '', nonce: 'x' }),
    )
    await expect(lockProfile(folder)).rejects.toMatchObject({ detail: { code: 'profile-in-use' } })
    child.kill('SIGKILL')
    await new Promise((resolve) => child.once('exit', resolve))
    await (await lockProfile(folder)).release()
  })

  it('takes over from a process whose number was given to another one, and from a file cut short', async () => {
    const folder = await freshFolder()
    if (process.platform === 'linux') {
      await writeFile(
        join(folder, 'profile.lock'),
        JSON.stringify({ pid: process.ppid, host: hostname(), birth: '1', nonce: '' }),
      )
      await (await lockProfile(folder)).release()
    }
    // A container that was killed: the same process number at the next start, or another name of the machine.
    for (const stale of [
      { pid: process.pid, host: hostname(), birth: '', nonce: 'x' },
      { pid: 1, host: 'another-machine', birth: '', nonce: 'x' },
    ]) {
      await writeFile(join(folder, 'profile.lock'), JSON.stringify(stale))
      await (await lockProfile(folder)).release()
    }
    await writeFile(join(folder, 'profile.lock'), '{"pid":')
    await (await lockProfile(folder)).release()
  })
})
