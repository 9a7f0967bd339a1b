/** T27 among several voters: everybody is at lunch, every screen is locked for an hour, and visits still become final. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { runHere, tinyBundle } from '../cli/cli.test-kit.ts'
import {
  createTown,
  foundedTogether,
  testWorld,
  until,
  type Town,
} from '../governance/institution.test-kit.ts'

let town: Town | null = null
afterEach(async () => {
  await town?.close()
  town = null
})

it('T27: four locked hospitals go on voting: an hour later what a laboratory hands in is final at all of them', async () => {
  let ahead = 0
  town = await createTown(testWorld({ now: () => Date.now() + ahead }))
  const hospitals = await foundedTogether(town, ['north', 'east', 'south', 'west'])
  for (const { ask } of hospitals) expect(await ask.app.lock()).toMatchObject({ state: 'locked' })
  ahead = 3_600_000
  const bundle = join(town.files, 'results.json')
  await writeFile(bundle, tinyBundle(1, 3))
  // A machine with its own passphrase, over the local socket of a node whose screen stays locked.
  const handedIn = await runHere(['import', '--profile', hospitals[0]!.folder, '--wait', bundle])
  expect(handedIn).toMatchObject({ code: 0, answer: { visits: 3 } })
  for (const { ask } of hospitals) {
    await until(
      () => ask.node.status(),
      ({ blockCount }) => blockCount === 3,
    )
    expect(await ask.app.session()).toMatchObject({ state: 'locked' })
    expect(await ask.node.status()).toMatchObject({ standing: 'voting', queuedCount: 0 })
    await expect(ask.records.recent({ limit: 1, of: 'hospital' })).rejects.toMatchObject({ code: 'locked' })
  }
}, 120_000)
