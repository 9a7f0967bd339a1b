/**
 * Before the members of a demonstration start: free ports on loopback, written to each profile, so that they find each
 * other. Anew at every start, since another program may have taken the ports meanwhile.
 */
import { join } from 'node:path'
import { fromHex } from '../../shared/std/bytes.ts'
import { addressesWrite } from '../node/addresses.ts'
import type { MemberId } from '../node/chain/ids.ts'
import { FIRST_EPOCH } from '../node/founding.ts'
import { freePorts } from '../node/network/free-ports.ts'
import { saveNetwork } from '../profile/network-settings.ts'
import type { ProfileWorld } from '../profile/open-profile.ts'
import { loadFacts, STORE_FOLDER } from '../profile/profile-folder.ts'

const HOST = '127.0.0.1'

/** @throws {ProfileFailure}; {StorageFailure} `locked` where one of them runs already */
export async function letMembersMeet(
  world: Pick<ProfileWorld, 'openStore'>,
  folders: readonly string[],
): Promise<void> {
  const ports = await freePorts(folders.length)
  const memberIds = await Promise.all(
    folders.map(async (folder) => fromHex((await loadFacts(folder)).memberId) as Uint8Array as MemberId),
  )
  const writes = memberIds.map((memberId, i) =>
    addressesWrite({
      memberId,
      byHand: [{ generation: FIRST_EPOCH, address: `${HOST}:${ports[i]!}` }],
      record: null,
    }),
  )
  for (const [i, folder] of folders.entries()) {
    await saveNetwork(folder, { listen: `${HOST}:${ports[i]!}`, announce: [] })
    const store = await world.openStore(join(folder, STORE_FOLDER), true)
    try {
      await store.commit(writes.filter((_, other) => other !== i))
    } finally {
      await store.close()
    }
  }
}
