/** What every store of secrets must do: the fake of tests, and Electron's where a desktop has one. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SecretStoreFailure, type SecretStore } from './secret-store.ts'

export interface SecretStoreWorld {
  /** A store that is real here. */
  readonly store: SecretStore
  /** The same kind of store of another user or machine. */
  readonly elsewhere: SecretStore
  close?(): Promise<void>
}

export function secretStoreContract(name: string, start: () => Promise<SecretStoreWorld>): void {
  describe(`${name} as a store of secrets`, () => {
    let world: SecretStoreWorld
    beforeAll(async () => {
      world = await start()
    })
    afterAll(() => world.close?.())
    const secret = Uint8Array.from({ length: 32 }, (_, i) => i)

    it('says that it is real', async () => {
      expect((await world.store.standing()).kind).toBe('real')
    })
    it('opens what it sealed, byte for byte', async () => {
      const sealed = await world.store.seal(secret)
      expect(await world.store.open(sealed)).toEqual(secret)
    })
    it('shows nothing of the secret in what it sealed, in no spelling', async () => {
      const sealed = Buffer.from(await world.store.seal(secret))
      for (const spelling of ['latin1', 'hex', 'base64'] as const)
        expect(sealed.includes(Buffer.from(secret).toString(spelling), 0, 'latin1')).toBe(false)
    })
    it('does not open what was changed, or what is none of its own', async () => {
      const sealed = await world.store.seal(secret)
      const changed = sealed.slice()
      changed[changed.length - 1]! ^= 1
      expect(await world.store.open(changed)).toBe(null)
      expect(await world.store.open(new Uint8Array(0))).toBe(null)
      expect(await world.elsewhere.open(sealed)).toBe(null)
    })
  })
}

/** What a store that protects nothing must do: nothing. */
export function unrealStoreContract(name: string, start: () => SecretStore, because: string): void {
  describe(`${name} as a store that protects nothing`, () => {
    it('says why, seals nothing and opens nothing', async () => {
      const store = start()
      expect(await store.standing()).toEqual({ kind: 'none', because })
      await expect(store.seal(new Uint8Array(32))).rejects.toBeInstanceOf(SecretStoreFailure)
      expect(await store.open(new Uint8Array(60))).toBe(null)
    })
  })
}
