/** The list of paired work places of an open institution, and the key that its network is derived from. */
import { toHex, type Bytes } from '../../shared/std/bytes.ts'
import type { ChainId } from '../node/chain/ids.ts'
import type { ChainNode } from '../node/node.ts'
import type { ProfileWorld } from '../profile/open-profile.ts'
import { asProfileFailure } from '../profile/profile-failure.ts'
import type { PlaceLimits } from './limits.ts'
import { nodeEndOf, type NodeEnd } from './place-network.ts'
import {
  loadPlaces,
  NO_PLACES,
  portOf,
  savePlaces,
  type PairedPlace,
  type PlacesList,
} from './places-file.ts'

export interface PairedPlaces {
  /** Those that are admitted. */
  readonly current: readonly PairedPlace[]
  readonly listen: string | null
  /** Somebody without the node's key wrote it: nobody is admitted until a new one is. */
  readonly isChanged: boolean
  byKey(key: Bytes): PairedPlace | undefined
  /** Also of one that was removed. */
  nameOf(placeId: string): string | null
  /** Made with the first work place. */
  end(): Promise<NodeEnd>
  /** Each is durable when it resolves. @throws {ProfileFailure} `disk-full`, `folder-not-writable` */
  add(place: PairedPlace): Promise<void>
  /** False where there is none of this id. */
  remove(placeId: string): Promise<boolean>
  setListen(listen: string | null): Promise<void>
  /** When it was here last; a line that comes and goes is not written down each time. */
  noteSeen(placeId: string, isArriving: boolean): Promise<void>
}

export interface PairedPlacesOptions {
  readonly world: Pick<ProfileWorld, 'crypto' | 'random' | 'now'>
  readonly folder: string
  readonly chainId: ChainId
  readonly placeKeys: ChainNode['placeKeys']
  readonly limits: PlaceLimits
}

const KEY_BYTES = 32
const SEEN_EVERY_MS = 60_000

export async function openPairedPlaces(options: PairedPlacesOptions): Promise<PairedPlaces> {
  const { world, folder, chainId, placeKeys, limits } = options
  const { crypto } = world
  const known = placeKeys.list().at(-1)?.key
  let end: NodeEnd | null = known === undefined ? null : nodeEndOf(crypto, known, chainId)
  let list: PlacesList = NO_PLACES
  let isChanged = false
  if (end !== null) {
    const loaded = await loadPlaces(folder, crypto, end.listKey)
    if (loaded.kind === 'loaded') list = loaded.list
    else isChanged = true
  }

  async function ensureEnd(): Promise<NodeEnd> {
    if (end === null) {
      const key = world.random(KEY_BYTES)
      await placeKeys.add({ epoch: 1, key })
      end = nodeEndOf(crypto, key, chainId)
    }
    return end
  }
  async function save(next: PlacesList): Promise<void> {
    const { listKey } = await ensureEnd()
    try {
      await savePlaces(folder, crypto, listKey, next)
    } catch (error) {
      throw asProfileFailure(error, folder) ?? error
    }
    list = next
    isChanged = false
  }
  const current = (): PairedPlace[] => list.places.filter(({ removedAt }) => removedAt === null)

  return {
    get current() {
      return current()
    },
    get listen() {
      return list.listen
    },
    get isChanged() {
      return isChanged
    },
    byKey(key) {
      const text = toHex(key)
      return current().find((each) => each.key === text)
    },
    nameOf: (placeId) => list.places.find((each) => each.placeId === placeId)?.name ?? null,
    end: ensureEnd,
    add: (place) =>
      save({
        ...list,
        places: [...list.places.filter(({ placeId }) => placeId !== place.placeId), place],
      }),
    async remove(placeId) {
      const place = current().find((each) => each.placeId === placeId)
      if (place === undefined) return false
      const removed = list.places.filter(({ removedAt }) => removedAt !== null)
      await save({
        ...list,
        places: [
          ...removed.slice(-limits.removedMax),
          ...current().filter((each) => each !== place),
          { ...place, removedAt: world.now() },
        ],
      })
      return true
    },
    async setListen(listen) {
      if (listen === list.listen) return
      // Whoever was not seen since ports are written down knows the one that was.
      const before = list.listen === null ? undefined : portOf(list.listen)
      const places =
        before === undefined ? list.places : list.places.map((each) => ({ port: before, ...each }))
      await save({ ...list, places, listen })
    },
    async noteSeen(placeId, isArriving) {
      const lastSeenAt = world.now()
      const place = current().find((each) => each.placeId === placeId)
      if (place === undefined) return
      const port = isArriving ? portOf(list.listen) : place.port
      if (place.port === port && lastSeenAt - (place.lastSeenAt ?? 0) < SEEN_EVERY_MS) return
      const places = list.places.map((each) =>
        each === place ? { ...each, lastSeenAt, ...(port === undefined ? {} : { port }) } : each,
      )
      await save({ ...list, places })
    },
  }
}
