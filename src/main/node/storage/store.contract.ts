/** What every store must do, whatever is underneath. An adapter's test calls it with a way to open a fresh store. */
import { describe, expect, it } from 'vitest'
import { utf8Decode, utf8Encode } from '../../../shared/std/bytes.ts'
import { del, put, StorageFailure, type KeyRange, type Store } from './store.ts'

const bytes = utf8Encode

async function list(store: Store, range: KeyRange): Promise<string[]> {
  const found: string[] = []
  for await (const { key, value } of store.scan(range)) found.push(`${utf8Decode(key)}=${utf8Decode(value)}`)
  return found
}

export function storeContract(name: string, open: () => Promise<Store>): void {
  describe(`${name} as a store`, () => {
    it('answers null for a key that was never written', async () => {
      const store = await open()
      expect(await store.get(bytes('nothing'))).toBeNull()
      expect(await store.getMany([bytes('nothing'), bytes('neither')])).toEqual([null, null])
      await store.close()
    })

    it('gives back what was committed, in both ways of writing', async () => {
      const store = await open()
      await store.commit([put(bytes('a'), bytes('1'))])
      await store.commitUnsynced([put(bytes('b'), bytes('2'))])
      expect(
        (await store.getMany([bytes('b'), bytes('x'), bytes('a')])).map((v) => v && utf8Decode(v)),
      ).toEqual(['2', null, '1'])
      await store.close()
    })

    it('performs the writes of one commit in order, the last word wins', async () => {
      const store = await open()
      await store.commit([put(bytes('a'), bytes('1')), put(bytes('a'), bytes('2')), del(bytes('b'))])
      await store.commit([put(bytes('b'), bytes('1')), del(bytes('b'))])
      expect(await list(store, { from: bytes('a') })).toEqual(['a=2'])
      await store.close()
    })

    it('scans half-open ranges in byte order, both ways, with a limit', async () => {
      const store = await open()
      await store.commit(['b', 'a', 'c', 'd', 'cc'].map((key) => put(bytes(key), bytes(key))))
      expect(await list(store, { from: bytes('b'), to: bytes('d') })).toEqual(['b=b', 'c=c', 'cc=cc'])
      expect(await list(store, { from: bytes('b'), to: bytes('d'), reverse: true })).toEqual([
        'cc=cc',
        'c=c',
        'b=b',
      ])
      expect(await list(store, { from: bytes('b'), to: bytes('d'), reverse: true, limit: 1 })).toEqual([
        'cc=cc',
      ])
      expect(await list(store, { from: bytes('a'), limit: 0 })).toEqual([])
      await store.close()
    })

    it('scans over the snapshot of its beginning while others write', async () => {
      const store = await open()
      await store.commit(['a', 'b', 'c'].map((key) => put(bytes(key), bytes('old'))))
      const seen: string[] = []
      for await (const { key, value } of store.scan({ from: bytes('a') })) {
        seen.push(`${utf8Decode(key)}=${utf8Decode(value)}`)
        if (seen.length === 1)
          await store.commit([put(bytes('b'), bytes('new')), del(bytes('c')), put(bytes('d'), bytes('new'))])
      }
      expect(seen).toEqual(['a=old', 'b=old', 'c=old'])
      await store.close()
    })

    it('keeps empty values and any byte in a key', async () => {
      const store = await open()
      const key = Uint8Array.from({ length: 256 }, (_, i) => 255 - i)
      await store.commit([put(key, new Uint8Array(0))])
      expect(await store.get(key)).toHaveLength(0)
      await store.close()
    })

    it('gives bytes of its own: changing them changes nothing that is stored', async () => {
      const store = await open()
      const value = bytes('abc')
      await store.commit([put(bytes('a'), value)])
      value[0] = 0
      const read = await store.get(bytes('a'))
      expect(utf8Decode(read!)).toBe('abc')
      expect(read!.constructor).toBe(Uint8Array) // a Buffer's slice would share memory
      read![0] = 0
      expect(utf8Decode((await store.get(bytes('a')))!)).toBe('abc')
      await store.close()
    })

    it('loses nothing by a purge', async () => {
      const store = await open()
      await store.commit([
        put(bytes('a'), bytes('1')),
        put(bytes('b'), bytes('2')),
        put(bytes('c'), bytes('3')),
      ])
      await store.commit([del(bytes('b'))])
      await store.purge({ from: bytes('a') })
      expect([await store.get(bytes('a')), await store.get(bytes('b')), await store.get(bytes('c'))]).toEqual(
        [bytes('1'), null, bytes('3')],
      )
      await store.close()
    })

    it('throws `closed` after closing, for every call, and closes twice in peace', async () => {
      const store = await open()
      await store.close()
      await store.close()
      const closed = { detail: { code: 'closed' } }
      await expect(store.get(bytes('a'))).rejects.toMatchObject(closed)
      await expect(store.getMany([bytes('a')])).rejects.toMatchObject(closed)
      await expect(store.commit([put(bytes('a'), bytes('1'))])).rejects.toBeInstanceOf(StorageFailure)
      await expect(store.commitUnsynced([])).rejects.toMatchObject(closed)
      await expect(list(store, { from: bytes('a') })).rejects.toMatchObject(closed)
    })
  })
}
