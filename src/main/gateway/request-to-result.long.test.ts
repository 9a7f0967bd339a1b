/**
 * Four hospitals and a university, each with its whole product in a folder of its own: from a request to the attested result in both lanes, what is free
 * while a question is built, what becomes of a gateway that leaves patients out, and what an erasure makes of what is open.
 */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { RequestState } from '../../shared/contract/requests.ts'
import { CHECKLIST } from '../../shared/contract/checks.ts'
import { equalBytes, fromHex, toHex } from '../../shared/std/bytes.ts'
import type { CohortDefinition } from '../../shared/domain/cohort.ts'
import type { StudyDocument } from '../../shared/domain/study.ts'
import type * as AnalysisHomeModule from '../analytics/analysis-home.ts'
import type { AnalysisHome } from '../analytics/analysis-home.ts'
import { syntheticRecords } from '../analytics/facts/facts.test-kit.ts'
import { comingAgain } from '../analytics/study/coming-again.test-kit.ts'
import { createNodeRandom } from '../node/crypto-node.ts'
import { foundProfiles, type ProfileConsortium, type ProfileMember } from '../profile/consortium.test-kit.ts'

/** Of each member that was started, in this order: where a gateway is made to lie. */
const homes: AnalysisHome[] = []
vi.mock('../analytics/analysis-home.ts', async (original) => {
  const real = await original<typeof AnalysisHomeModule>()
  return {
    ...real,
    openAnalysisHome(options: Parameters<typeof real.openAnalysisHome>[0]) {
      const home = real.openAnalysisHome(options)
      homes.push(home)
      return home
    },
  }
})

const random = createNodeRandom()
const everybody: CohortDefinition = {
  schema: 'cohort/1',
  title: 'Everybody',
  codeSets: {},
  entry: { event: { kind: 'visit' }, priorDays: 0, which: 'first' },
  steps: [],
}
/** Who comes again within a year, by age and sex. */
const study: StudyDocument = {
  ...comingAgain,
  cohort: { ...everybody, steps: [{ use: 'include', rule: { kind: 'age', atLeast: 40 } }] },
  intervals: {
    ...comingAgain.intervals,
    followUp: { ...comingAgain.intervals.followUp, atMostDays: 365, until: null },
    covariates: [
      { kind: 'age', name: 'age' },
      { kind: 'sex', name: 'sex' },
    ],
  },
  models: [
    { ...comingAgain.models[0]!, title: 'By age and sex', covariates: ['age', 'sex'], factors: ['sex'] },
  ],
  baselineBy: 'sex',
}

let consortium: ProfileConsortium
let hospitals: readonly ProfileMember[] = []
let university: ProfileMember
let recordCount = 0
let snapshot = ''
/** Of a record of the first hospital that is in the snapshot. */
let ownRoot = ''

async function until<T>(look: () => Promise<T | null> | T | null, what: string): Promise<T> {
  for (let turn = 0; turn < 2_400; turn++) {
    const found = await look()
    if (found !== null) return found
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`it does not come: ${what}`)
}

beforeAll(async () => {
  consortium = await foundProfiles(['hospital', 'hospital', 'hospital', 'hospital', 'university'], {
    snapshotPatientsMin: 50,
  })
  const { members } = consortium
  for (const member of members) await member.start()
  hospitals = members.slice(0, 4)
  university = members[4]!
  const seen = new Map<string, number>()
  // The first three visits of each patient: enough people for an answer, and few enough records.
  const records = syntheticRecords(300, 'request to result').filter(({ patient }) => {
    const before = seen.get(patient.key) ?? 0
    seen.set(patient.key, before + 1)
    return before < 3
  })
  recordCount = records.length
  const places = [...new Set(records.map(({ encounter }) => encounter.facility))]
  for (const [h, hospital] of hospitals.entries()) {
    const roots = await hospital.submit(
      records
        .filter(({ encounter }) => places.indexOf(encounter.facility) % 4 === h)
        .map((record) => ({
          ...record,
          envelope: { ...record.envelope, recordId: toHex(random(16)), visitId: toHex(random(16)) },
        })),
    )
    if (h === 0) ownRoot = roots[0]!
  }
  const hasAll = ({ node }: ProfileMember) => node.status.blockCount === recordCount
  await until(() => (members.every(hasAll) ? true : null), 'the records')
  await until(
    () => (hospitals.every(({ node }) => node.rowsHeldUpTo === recordCount) ? true : null),
    'the keys',
  )
  const declared = await until(async () => {
    const said = await hospitals[0]!.node.studies.snapshots.propose()
    return said.kind === 'submitted' ? said.itemHash : null
  }, 'the snapshot')
  await until(
    () => (members.every(({ node }) => node.ledger.state.consortium.snapshots.length === 1) ? true : null),
    'the snapshot at everybody',
  )
  snapshot = toHex(declared)
}, 300_000)
afterAll(() => consortium.close(), 60_000)

const requests = () => university.open!.handlers.requests
const byNoise = (cohort: CohortDefinition, microRho: number) => ({
  lane: 'noise' as const,
  snapshot,
  cohort,
  cleaning: null,
  followUp: null,
  output: {
    kind: 'histogram' as const,
    axis: { variable: 'sex' as const, edges: [] },
    counted: { unit: 'patients' as const },
  },
  microRho,
  registration: null,
  isPublished: false,
})
async function submit(asked: Parameters<ReturnType<typeof requests>['submit']>[0]['asked']): Promise<string> {
  const price = await requests().price({ asked, wished: null })
  if (price.kind !== 'priced') throw new Error(JSON.stringify(price))
  const { requestHash, microRho } = price
  const shown = { requestHash, microRho }
  const said = await requests().submit({ asked, title: 'By sex', purpose: 'research', studyId: null, shown })
  if (said.kind !== 'submitted') throw new Error(JSON.stringify(said))
  return said.studyHash
}
const becomes = (studyHash: string, states: readonly RequestState[]) =>
  until(
    async () => {
      const opened = await requests().open({ studyHash })
      return opened !== null && states.includes(opened.row.state) ? opened : null
    },
    `${studyHash} is ${states.join(' or ')}`,
  )
const ENDED: readonly RequestState[] = ['answered', 'refused', 'identical', 'differs', 'not-recomputable']

describe('a request of a university', () => {
  it('is answered by four gateways, and computed again from the records', { timeout: 240_000 }, async () => {
    const startedAt = performance.now()
    const studyHash = await submit(byNoise(everybody, 20_000))
    const { row, answer } = await becomes(studyHash, ENDED)
    const answeredAt = performance.now()
    expect(row.state).toBe('answered')
    expect(row.attestedBy.length).toBeGreaterThanOrEqual(3)
    expect(answer).toMatchObject({ kind: 'noise', answer: { kind: 'table' } })
    const again = await requests().recompute({ studyHash })
    if (again.kind !== 'submitted') throw new Error(JSON.stringify(again))
    expect((await becomes(again.studyHash, ENDED)).row.state).toBe('identical')
    const seconds = (from: number, to: number) => ((to - from) / 1_000).toFixed(1)
    console.log(
      `${String(recordCount)} visits: request to result ${seconds(startedAt, answeredAt)} s, ` +
        `recomputation ${seconds(answeredAt, performance.now())} s`,
    )
  })

  it(
    'costs nothing while it is built: a cohort of ten rules, edited a hundred times',
    { timeout: 240_000 },
    async () => {
      const { handlers } = university.open!
      const standing = () => {
        const { ledger, openStudies } = university.node.ledger.state.consortium
        return JSON.stringify({ ledger, openStudies }, (_, value: unknown) =>
          value instanceof Uint8Array ? toHex(value) : value,
        )
      }
      const asked = () => hospitals.map(({ node }) => node.studies.index.list({ limit: 1_000 }))
      const counted = async () => (await Promise.all(asked())).map((rows) => rows.length)
      const outboxes = () => consortium.members.map(({ node }) => node.outbox.count)
      // The request and its recomputation from above.
      await until(
        async () => ((await counted()).every((each) => each === 2) ? true : null),
        'both everywhere',
      )
      const before = { standing: standing(), studies: await counted(), outboxes: outboxes() }
      const ages = (edit: number): CohortDefinition['steps'] =>
        Array.from({ length: 10 }, (_, rule) => ({
          use: rule % 2 === 0 ? ('include' as const) : ('exclude' as const),
          rule:
            rule % 2 === 0
              ? { kind: 'age' as const, atLeast: 18 + ((edit + rule) % 40) }
              : { kind: 'age' as const, atMost: 2 + ((edit + rule) % 10) },
        }))
      const counts = new Set<number>()
      for (let edit = 0; edit < 100; edit++) {
        const definition: CohortDefinition = {
          ...everybody,
          title: `Edit ${String(edit)}`,
          steps: ages(edit),
        }
        const count = await handlers.cohorts.count({ definition })
        if (count.kind !== 'counted') throw new Error(JSON.stringify(count))
        counts.add(count.attrition.steps.at(-1)!)
        const price = await requests().price({ asked: byNoise(definition, 20_000), wished: 50 })
        expect(price).toMatchObject({ kind: 'priced', microRho: 20_000 })
        await requests().budget({ snapshot, isPublished: false })
        if (edit % 25 === 0) {
          await requests().catalog()
          await handlers.cohorts.saveCohort({ name: 'Mine', definition })
        }
      }
      // The twin answered: the edits were no idle ones.
      expect(await handlers.cohorts.state()).toMatchObject({ kind: 'ready', isTwin: true })
      expect(counts.size).toBeGreaterThan(5)
      expect(standing()).toBe(before.standing)
      expect(await counted()).toEqual(before.studies)
      expect(outboxes()).toEqual(before.outboxes)
      // And it is not that nothing can move.
      const studyHash = await submit(byNoise({ ...everybody, steps: ages(0).slice(0, 1) }, 2_000))
      await becomes(studyHash, ENDED)
      expect(standing()).not.toBe(before.standing)
    },
  )
})

describe('a study by rule', () => {
  it(
    'leaves after two people of two hospitals have looked at the very bytes',
    { timeout: 240_000 },
    async () => {
      const studyHash = await submit({ lane: 'rule', snapshot, study })
      const open = (hospital: ProfileMember) =>
        until(async () => (await hospital.open!.handlers.checks.open({ studyHash })) ?? null, 'the proposal')
      const shown = await Promise.all(hospitals.map(open))
      expect(new Set(shown.map(({ proposalHash }) => proposalHash)).size).toBe(1)
      expect(shown[0]!.checks.filter(({ verdict }) => verdict === 'broken')).toEqual([])
      const decide = async (h: number) => {
        const { proposalHash } = shown[h]!
        const said = await hospitals[h]!.open!.handlers.checks.decide({
          studyHash,
          proposalHash,
          verdict: 'approve',
          checklist: [...CHECKLIST],
          comment: '',
        })
        expect(said).toEqual({ kind: 'decided' })
      }
      await decide(2)
      await until(async () => {
        const opened = await requests().open({ studyHash })
        return opened?.checks.length === 1 ? true : null
      }, 'the first check')
      await new Promise((resolve) => setTimeout(resolve, 5_000))
      expect((await requests().open({ studyHash }))?.row.state).toBe('to-be-checked')
      await decide(3)
      const { row, answer, resultHash, checks } = await becomes(studyHash, ENDED)
      expect(row.state).toBe('answered')
      expect(checks).toHaveLength(2)
      expect(resultHash).toBe(shown[0]!.proposalHash)
      expect(answer).toEqual({ kind: 'rule', answer: shown[0]!.leaves })
    },
  )
})

describe('a gateway that leaves patients out', () => {
  it(
    'is named though it is slow, what it said never leaves, and the honest answer comes',
    { timeout: 240_000 },
    async () => {
      const liar = hospitals[1]!
      const gated = homes[1]!.gated.bind(homes[1])
      homes[1]!.gated = async (at, isFromRecords, ask) => {
        // The others have agreed by then, and the chain has the result.
        await until(
          () => (liar.node.ledger.state.consortium.openStudies.length === 0 ? true : null),
          'the result without it',
        )
        return gated(at, isFromRecords, (running, asked) =>
          ask(running, { ...asked, scope: { ...asked.scope, upTo: asked.scope.upTo - 200 } }),
        )
      }
      const asked = byNoise({ ...everybody, steps: study.cohort.steps }, 20_000)
      const studyHash = await submit(asked)
      const { row, resultHash } = await becomes(studyHash, ENDED)
      expect(row.state).toBe('answered')
      expect(row.attestedBy).toHaveLength(3)
      expect(row.attestedBy).not.toContain('hospital 2')
      await until(
        () => (university.node.ledger.state.consortium.suspensions.length === 1 ? true : null),
        'the suspension',
      )
      const [named] = university.node.ledger.state.consortium.suspensions
      expect(toHex(named!.memberId)).toBe(toHex(liar.memberId))
      expect(named!.reason).toBe('deviating-result')
      // Whoever asked reads who it was.
      const seen = await until(async () => {
        const opened = await requests().open({ studyHash })
        return opened?.takers.otherwise.some(({ isSuspended }) => isSuspended) === true ? opened : null
      }, 'what the requester sees')
      expect(seen.takers).toMatchObject({
        otherwise: [{ hospital: 'hospital 2', outcome: 'answered', isSuspended: true }],
        silent: [],
      })
      expect(seen.takers.same).toHaveLength(3)
      const { alerts } = await liar.open!.handlers.governance.overview()
      expect(alerts.map(({ kind }) => kind)).toContain('gateway-deviates')
      // The honest answer is the one that an honest gateway finds again from the records, and not what the liar computed.
      for (const h of [0, 2, 3]) {
        const own = await hospitals[h]!.node.studies.exchange.answerHere(fromHex(studyHash) as never)
        expect(own, `hospital ${String(h + 1)} keeps it`).not.toBeNull()
      }
      expect(await liar.node.studies.exchange.answerHere(fromHex(studyHash) as never)).toBeNull()
      expect(resultHash).not.toBeNull()
    },
  )
})

describe('an erasure', () => {
  /** Two hospitals agree; resolves when every member knows that there was one more. */
  async function erase(root: string): Promise<void> {
    const [first, second] = hospitals as [ProfileMember, ProfileMember]
    const asked = { roots: [fromHex(root)], reason: 'patient-request', text: null, userKeyId: 'dpo-1' }
    const erasureId = (await first.node.erasures.request(asked, { keys: [], people: [] }))!
    await until(async () => {
      const found = (await second.node.erasures.list()).find((each) => equalBytes(each.erasureId, erasureId))
      return found?.state === 'asked' ? true : null
    }, 'the request')
    const before = university.node.ledger.state.consortium.erasureHeight
    expect(await second.node.erasures.approve(erasureId, 'dpo-2')).toBe('taken')
    const isKnown = ({ node }: ProfileMember) => node.ledger.state.consortium.erasureHeight > before
    await until(() => (consortium.members.every(isKnown) ? true : null), 'the agreement')
  }
  const aged = (atLeast: number): CohortDefinition => ({
    ...everybody,
    steps: [{ use: 'include', rule: { kind: 'age', atLeast } }],
  })

  it(
    'of what is in no snapshot has the words of what is open said anew; of what is in it, refused',
    { timeout: 240_000 },
    async () => {
      const [record] = syntheticRecords(301, 'one more').slice(-1)
      const [later] = await hospitals[0]!.submit([
        {
          ...record!,
          envelope: { ...record!.envelope, recordId: toHex(random(16)), visitId: toHex(random(16)) },
        },
      ])
      await until(
        () => (hospitals.every(({ node }) => node.rowsHeldUpTo === recordCount + 1) ? true : null),
        'one more record',
      )
      // All but one have said their word, and wait: the one that was named does not count.
      const waiting = Promise.withResolvers<void>()
      const gated = homes[3]!.gated.bind(homes[3])
      homes[3]!.gated = async (...asked) => {
        await waiting.promise
        return gated(...asked)
      }
      const open = await submit(byNoise(aged(50), 20_000))
      const { exchange } = hospitals[0]!.node.studies
      const words = () => exchange.attestationsOf(fromHex(open) as never)
      await until(() => (words().length >= 2 ? true : null), 'two words')
      await erase(later!)
      const { erasureHeight } = university.node.ledger.state.consortium
      await until(() => (words().length >= 2 ? true : null), 'the words said anew')
      expect(new Set(words().map((each) => each.erasureHeight))).toEqual(new Set([erasureHeight]))
      waiting.resolve()
      const { row } = await becomes(open, ENDED)
      expect(row.state).toBe('answered')

      await erase(ownRoot)
      const refused = await submit(byNoise(aged(60), 20_000))
      expect((await becomes(refused, ENDED)).row.state).toBe('refused')
      const again = await requests().recompute({ studyHash: open })
      if (again.kind !== 'submitted') throw new Error(JSON.stringify(again))
      expect((await becomes(again.studyHash, ENDED)).row.state).toBe('not-recomputable')
    },
  )
})
