import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createNodeRandom } from '../node/crypto-node.ts'
import { checkPin } from '../node/vault/pin.ts'
import type { OpenedFile } from '../node/vault/people-keys.ts'
import { openPins, PIN_VALID_MS, PINS } from './pins.ts'

const random = createNodeRandom()
const QUICK = 2 ** 10
const PIN = '730518'
let folder = ''
let time = 1_000_000
const now = () => time

/** As the passphrase opens a door; the secrets are zeroed after, as they are there. */
function person(personId: string, name: string) {
  const secrets = { user: random(32), seal: random(32) }
  return {
    secrets,
    door: () =>
      ({
        entry: { personId, name },
        secrets: { user: secrets.user.slice(), seal: secrets.seal.slice() },
      }) as OpenedFile,
  }
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consilium-pins-'))
  time = 1_000_000
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('T28: a PIN', () => {
  it('is refused where everybody tries it first', () => {
    for (const simple of ['000000', '123456', '987654', '890123', '121212', '123123', '99999999'])
      expect(checkPin(simple), simple).toBe('too-simple')
    expect(checkPin('12345')).toBe('too-short')
    expect(checkPin('12 456')).toBe('not-digits')
    expect(checkPin('1234567890123')).toBe('not-digits')
    expect(checkPin(PIN)).toBe('good')
  })

  it('unlocks after the passphrase was given once in this process, and not before', async () => {
    const ada = person('aa', 'Ada')
    await openPins(folder, now, QUICK).set(ada.door(), PIN)

    const pins = openPins(folder, now, QUICK)
    expect(pins.waiting()).toBeNull()
    expect(await pins.try(PIN)).toEqual({ kind: 'gone' })
    await pins.opened(ada.door())
    expect(pins.waiting()).toMatchObject({ personId: 'aa', triesLeft: 5 })
    const opened = await pins.try(PIN)
    expect(opened).toMatchObject({ kind: 'opened', personId: 'aa', secrets: ada.secrets })
    // Again and again, all morning.
    expect((await pins.try(PIN)).kind).toBe('opened')
  })

  it('is gone after five wrong tries, also two at once; a right one in between begins anew', async () => {
    const ada = person('aa', 'Ada')
    const pins = openPins(folder, now, QUICK)
    await pins.set(ada.door(), PIN)
    for (let left = 4; left >= 1; left--)
      expect(await pins.try('999888')).toEqual({ kind: 'wrong', triesLeft: left })
    expect((await pins.try(PIN)).kind).toBe('opened')
    const tries = await Promise.all(Array.from({ length: 8 }, () => pins.try('999888')))
    expect(tries.filter(({ kind }) => kind === 'wrong').length).toBeLessThan(5)
    expect(await pins.try(PIN)).toEqual({ kind: 'gone' })
    expect(pins.waiting()).toBeNull()
    await pins.opened(ada.door())
    expect((await pins.try(PIN)).kind).toBe('opened')
  })

  it('is gone after half a day, after sleep, and when somebody else has given a passphrase', async () => {
    const [ada, bo] = [person('aa', 'Ada'), person('bb', 'Bo')]
    const pins = openPins(folder, now, QUICK)
    await pins.set(ada.door(), PIN)
    time += PIN_VALID_MS + 1
    expect(await pins.try(PIN)).toEqual({ kind: 'gone' })
    await pins.opened(ada.door())
    pins.forget()
    expect(await pins.try(PIN)).toEqual({ kind: 'gone' })
    await pins.opened(ada.door())
    await pins.opened(bo.door())
    expect(await pins.try(PIN)).toEqual({ kind: 'gone' })
  })

  it('lies nowhere on the disk, nor anything to try digits against', async () => {
    const ada = person('aa', 'Ada')
    const pins = openPins(folder, now, QUICK)
    await pins.set(ada.door(), PIN)
    const text = await readFile(join(folder, PINS), 'utf8')
    expect(text).not.toContain(PIN)
    expect(text).not.toContain('Ada')
    // Only the person's own secret opens what is kept: one of another person arms nothing.
    const stranger = person('aa', 'Ada')
    await pins.opened(stranger.door())
    expect(pins.waiting()).toBeNull()
  })

  it('is made anew where the file is damaged, and removed for good', async () => {
    const [ada, bo] = [person('aa', 'Ada'), person('bb', 'Bo')]
    await writeFile(join(folder, PINS), '{"format":1,"people":{"aa":')
    const pins = openPins(folder, now, QUICK)
    await pins.opened(ada.door())
    expect(pins.waiting()).toBeNull()
    await pins.set(ada.door(), PIN)
    await pins.set(bo.door(), '405936')
    await pins.remove('aa')
    expect([await pins.has('aa'), await pins.has('bb')]).toEqual([false, true])
    await pins.opened(ada.door())
    expect(pins.waiting()).toBeNull()
  })
})
