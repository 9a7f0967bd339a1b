/**
 * From a closed profile to a node that votes and answers its status: `npm run bench -- startup [blocks] [repeated]`;
 * `repeated` makes a million blocks in minutes (make-chain.ts).
 */
import { DEMONSTRATION_PASSPHRASE } from '../src/main/headless.ts'
import { openProfile } from '../src/main/profile/open-profile.ts'
import { realWorld } from '../src/main/world.ts'
import { chainOf } from './make-chain.ts'

const blocks = Number(process.argv[2] ?? 100_000)
const records = process.argv[3] === 'repeated' ? 'repeated' : 'distinct'
const folder = await chainOf(blocks, (line) => void process.stderr.write(`${line}\n`), records)
const runs = []
for (let i = 0; i < 5; i++) {
  const world = realWorld()
  const start = performance.now()
  const { profile, lease } = await openProfile(world, folder, DEMONSTRATION_PASSPHRASE)
  const status = profile.node!.status
  const answered = performance.now()
  if (profile.node!.consensusView().standing.kind !== 'voting') throw new Error('it does not vote yet')
  if (status.blockCount !== blocks) throw new Error(`${status.blockCount} blocks`)
  const names = await lease!.session.names!
  const named = performance.now()
  const found = names.search('X99990', 10).total
  const searched = performance.now()
  const patients = names.size // the lease takes the names with it
  lease!.release()
  await profile.close()
  runs.push({
    untilStatusMs: Math.round(answered - start),
    untilNamesMs: Math.round(named - start),
    searchMs: Math.round(searched - named),
    patients,
    found,
  })
}
runs.sort((a, b) => a.untilStatusMs - b.untilStatusMs)
console.log(
  JSON.stringify({
    bench: 'startup',
    blocks,
    records,
    median: runs[2],
    note: 'scrypt of 2^17 is part of untilStatusMs',
  }),
)
