/** A6: keys have no date on which they end. Old ones are a reminder, nothing stops because of them. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { testWorld } from '../governance/institution.test-kit.ts'
import type { Headless } from '../headless.ts'
import { until } from '../node/members.test-kit.ts'
import {
  areKeysOther,
  askForNewKeys,
  foundIn,
  nodeOf,
  openIn,
  recordVisit,
  rowsOf,
} from './alone.test-kit.ts'

const DAY_MS = 86_400_000

let scratch: string | null = null
let open: Headless | null = null
afterEach(async () => {
  await open?.close()
  if (scratch !== null) await rm(scratch, { recursive: true, force: true, maxRetries: 5 })
  scratch = open = null
})

async function reminder({ handlers }: Headless) {
  const { alerts } = await handlers.governance.overview()
  return alerts.filter(({ kind }) => kind === 'keys-old').map(({ tone, amount }) => ({ tone, amount }))
}

it('reminds of keys that are a year old, runs on with them for years, and is quiet when they are changed (A6)', async () => {
  scratch = await mkdtemp(join(tmpdir(), 'consilium-keys-age-'))
  const folder = join(scratch, 'north')
  let later = 0
  const world = testWorld({ now: () => Date.now() + later })
  await foundIn(folder, world)
  open = await openIn(folder, world)
  await recordVisit(open)
  later = 364 * DAY_MS
  expect(await reminder(open)).toEqual([])
  later = 366 * DAY_MS
  expect(await reminder(open)).toEqual([{ tone: 'plain', amount: 1 }])
  await recordVisit(open)
  await open.close()

  // Nobody looked for years: it starts, votes and signs as on the first day.
  later = 5.5 * 365 * DAY_MS
  open = await openIn(folder, world)
  expect(await reminder(open)).toEqual([{ tone: 'plain', amount: 5 }])
  await recordVisit(open)
  expect(nodeOf(open).status).toMatchObject({ state: 'running', standing: 'voting', blockCount: 3 })

  const before = rowsOf(open).now
  await askForNewKeys(open)
  const at = open
  await until(() => areKeysOther(at, before))
  expect(await reminder(open)).toEqual([])
  await recordVisit(open)
}, 60_000)
