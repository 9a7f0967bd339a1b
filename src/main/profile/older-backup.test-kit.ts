/** A backup of format 1, as earlier versions made them. */
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { encodeStanding, observe } from '../node/consensus/engine/standing.ts'
import { openLedger } from '../node/ledger.ts'
import { instanceWrite, standingWrite } from '../node/storage/chain-store.ts'
import { factsOfStore } from './backup-facts.ts'
import type { ProfileWorld } from './open-profile.ts'
import { loadFacts, saveFacts } from './profile-folder.ts'

/** Of a profile that nobody has open, in place of whatever lies at `out`. */
export async function makeOlderBackup(world: ProfileWorld, profile: string, out: string): Promise<void> {
  await rm(out, { recursive: true, force: true })
  await mkdir(out)
  await cp(join(profile, 'chain'), join(out, 'chain'), { recursive: true })
  await cp(join(profile, 'keys.json'), join(out, 'keys.json'))
  const facts = await loadFacts(profile)
  await saveFacts(out, { ...facts, isRestored: true })
  const storePath = join(out, 'chain')
  const store = await world.openStore(storePath, true)
  const { state } = await openLedger(world.crypto, store, storePath)
  await store.commit([
    instanceWrite(world.random(16)),
    standingWrite(encodeStanding(observe('data-restored', state.height))),
  ])
  const found = await factsOfStore(world, store, storePath, new AbortController().signal)
  await store.close()
  const files = await Promise.all(
    ['keys.json', 'profile.json'].map(async (name) => ({
      name,
      sha256: createHash('sha256')
        .update(await readFile(join(out, name)))
        .digest('hex'),
    })),
  )
  const { institutionName, memberId, chainId } = facts
  const said = { format: 1, institutionName, memberId, chainId, madeAt: world.now(), ...found, files }
  await writeFile(join(out, 'backup.json'), JSON.stringify(said))
}
