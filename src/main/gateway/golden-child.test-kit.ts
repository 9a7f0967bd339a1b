/**
 * Golden answers in a process of its own, with whatever language and zone it was started, and in further zones one after the other: one line of JSON, which says
 * where it was.
 */
import { readFileSync } from 'node:fs'
import type { VisitRecord } from '../../shared/domain/visit.ts'
import type { GoldenWay } from './golden-ways.test-kit.ts'
import { goldenFacts, goldenHashes } from './golden.test-kit.ts'

const [records, ways] = process.argv.slice(2) as [string, string]
const facts = goldenFacts(JSON.parse(readFileSync(records, 'utf8')) as VisitRecord[])
const said = []
for (const { studies, threads, zone, runBlocks } of JSON.parse(ways) as (GoldenWay & {
  studies: number[]
})[]) {
  process.env['TZ'] = zone
  const hashes = await goldenHashes(facts, studies, threads, runBlocks)
  const { locale, timeZone } = Intl.DateTimeFormat().resolvedOptions()
  said.push({ hashes, locale, zone: timeZone, electron: process.versions['electron'] ?? null })
}
process.stdout.write(JSON.stringify(said))
