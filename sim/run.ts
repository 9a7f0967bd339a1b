/**
 * `npm run sim -- --seeds COUNT --from FIRST_SEED`   many seeds; the last line is {"seeds":…,"violations":…,"heights":…}
 * `npm run sim -- --seed N [--validators 4]`         one seed, with its trace
 * `npm run sim -- --plant NAME`                      a planted bug: seeds until it is caught
 * `npm run sim -- --plants`                          all of them
 */
import { parseArgs } from 'node:util'
import { PLANTS, type Plant } from '../src/main/node/consensus/core/plant.ts'
import { runSeed } from './cluster.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    from: { type: 'string' },
    seed: { type: 'string' },
    validators: { type: 'string' },
    plant: { type: 'string' },
    quiet: { type: 'boolean' },
  },
})

const numberOf = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number(text)
const voters = numberOf(values.validators)
const plant = values.plant as Plant | undefined
if (plant !== undefined && !PLANTS.includes(plant)) {
  process.stderr.write(`No such plant. There are: ${PLANTS.join(', ')}\n`)
  process.exit(2)
}

if (values.seed !== undefined) {
  const trace = values.quiet === true ? undefined : (line: string) => void process.stdout.write(`${line}\n`)
  const result = await runSeed({ seed: Number(values.seed), voters, plant, trace })
  for (const { invariant, at, text } of result.violations)
    console.log(`VIOLATION ${invariant} at ${at} ms: ${text}`)
  console.log(JSON.stringify({ ...result, violations: result.violations.length }))
  process.exit(result.violations.length > 0 ? 1 : 0)
}

const first = numberOf(values.from) ?? 1
const count = numberOf(values.seeds) ?? 200
let violations = 0
let heights = 0
for (let seed = first; seed < first + count; seed++) {
  const result = await runSeed({ seed, voters, plant })
  heights += result.heights
  if (result.violations.length === 0) continue
  violations++
  const { invariant, text } = result.violations[0]!
  console.log(`seed ${seed}: ${invariant}: ${text}`)
  console.log(
    `  npm run sim -- --seed ${seed}${voters ? ` --validators ${voters}` : ''}${plant ? ` --plant ${plant}` : ''}`,
  )
  if (plant !== undefined) break
}
console.log(JSON.stringify({ seeds: count, violations, heights }))
process.exit(violations > 0 ? 1 : 0)
