import { describe, expect, it } from 'vitest'
import type { Asked } from '../../shared/contract/requests.ts'
import { presetSteps } from '../../shared/domain/cleaning.ts'
import type { CohortDefinition } from '../../shared/domain/cohort.ts'
import type { IntervalDefinition } from '../../shared/domain/intervals.ts'
import type { RequestOutput } from '../../shared/domain/request-output.ts'
import type { StudyDocument as StudyDefinition } from '../../shared/domain/study.ts'
import { toHex, type Bytes } from '../../shared/std/bytes.ts'
import { studyOfText } from '../gateway/definitions.ts'
import { readQuestion } from '../gateway/question.ts'
import type { ChainId, ItemHash, MemberId } from '../node/chain/ids.ts'
import { commitmentOf, type StudyItem } from '../node/chain/study-items.ts'
import { createNodeCrypto } from '../node/crypto-node.ts'
import { encodeDocument, type StudyDocument } from '../privacy/request/study-document.ts'
import { questionOf } from './question-of.ts'
import { readyRequest } from './ready-request.ts'

const crypto = createNodeCrypto()
const chainId = new Uint8Array(32).fill(5) as Uint8Array as ChainId
const snapshot = new Uint8Array(32).fill(6)
const ENGINE = 'study/3'

const cohort: CohortDefinition = {
  schema: 'cohort/1',
  title: 'Diabetes',
  codeSets: { mine: { kind: 'diagnosis', name: 'T2D', include: ['E11*', 'E10*'], exclude: [] } },
  entry: { event: { kind: 'diagnosis', codes: 'mine' }, priorDays: 0, which: 'first' },
  steps: [{ use: 'include', rule: { kind: 'age', atLeast: 40 } }],
}
const followUp: IntervalDefinition = {
  schema: 'intervals/1',
  codeSets: {},
  followUp: {
    startAfterDays: 0,
    event: { kind: 'visit', classes: ['IMP'] },
    earlierEvents: 'keep',
    left: { withoutVisitDays: 730, countedDays: 365 },
    atMostDays: 1_800,
    until: null,
    atLeastDays: 1,
  },
  covariates: [],
  clock: 'index',
  cuts: [],
  rows: { kind: 'changes' },
}
const curve: RequestOutput = {
  kind: 'kaplan-meier',
  timeEdges: [90, 180],
  by: { variable: 'sex', edges: [] },
}
const byNoise = (change: Partial<Asked & { lane: 'noise' }> = {}): Asked => ({
  lane: 'noise',
  snapshot: toHex(snapshot),
  cohort,
  cleaning: {
    schema: 'cleaning/1',
    title: 'x',
    steps: presetSteps('careful').filter(({ step }) => step !== 'link-persons' && step !== 'outlier'),
  },
  followUp,
  output: curve,
  microRho: 5_000,
  registration: null,
  isPublished: false,
  ...change,
})
const study: StudyDefinition = {
  schema: 'study/3',
  title: 'Admission after diabetes',
  cohort,
  cleaning: null,
  intervals: { ...followUp, covariates: [{ kind: 'sex', name: 'sex' }] },
  models: [
    {
      title: 'First',
      family: 'cox',
      covariates: ['sex'],
      factors: ['sex'],
      splines: [],
      interactions: [],
      strata: [],
      isClusteredByPerson: false,
      ties: 'efron',
      confidencePercent: 95,
      curvesOf: null,
    },
  ],
  baselineBy: 'sex',
  snapshot: { chain: 'a'.repeat(64), upTo: 5, height: 2, hospitals: ['b'.repeat(32)] },
  seed: '1',
  engine: 'study/1',
}

/** What the gateway makes of what was readied here. */
function atGateway(asked: Asked) {
  const ready = readyRequest(crypto, chainId, asked, 4)
  if (ready.kind === 'problems') throw new Error(JSON.stringify(ready.problems))
  const document: StudyDocument = {
    salt: new Uint8Array(32).fill(1),
    ...ready.texts,
    purpose: 'research',
    title: '糖尿病',
  }
  const author = new Uint8Array(16).fill(4) as MemberId
  const item: StudyItem = {
    kind: 'study',
    commitment: commitmentOf(crypto, chainId, author, encodeDocument(document)),
    requesterClass: 'university',
    chargeKind: ready.chargeKind,
    chargeMicroRho: asked.lane === 'noise' ? asked.microRho : 0,
    snapshotHash: snapshot as Uint8Array as ItemHash,
    studyId: new Uint8Array(16),
    of: null,
    smallestCount: 11,
    checkersMin: 2,
    expiryDays: 30,
    held: [],
  }
  const question = readQuestion(crypto, chainId, { item, author }, encodeDocument(document) as Bytes, ENGINE)
  return { ready, document, question, said: questionOf(crypto, chainId, document) }
}

describe('readyRequest', () => {
  it('asks no study by rule whose models fill rows in, and no gateway takes one', () => {
    const [model] = study.models
    const imputing: StudyDefinition = {
      ...study,
      schema: 'study/5',
      models: [{ ...model!, imputation: { sets: 20, rounds: 10, donors: 5 } }],
    }
    expect(
      readyRequest(crypto, chainId, { lane: 'rule', snapshot: toHex(snapshot), study: imputing }, 3),
    ).toEqual({
      kind: 'problems',
      problems: [{ kind: 'imputes' }],
    })
    const read = (asked: StudyDefinition) =>
      studyOfText(JSON.stringify({ ...asked, snapshot: null, engine: null }))
    expect(read(study)).toMatchObject({ models: study.models })
    expect(read(imputing)).toBeNull()
  })
  it('makes what a gateway takes, and what a screen says back', () => {
    const { question, said, ready } = atGateway(byNoise())
    expect(question).toMatchObject({ lane: 'noise', purpose: 'research', request: { output: curve } })
    expect(said).toMatchObject({ lane: 'noise', output: curve, cohortHash: toHex(ready.cohortHash) })
    if (said?.lane !== 'noise') return
    expect(said.cohort).toMatchObject({ title: '糖尿病', steps: cohort.steps })
    // Names of code sets are no part of the text: their codes stand for them.
    expect(Object.values(said.cohort.codeSets)).toEqual([
      { kind: 'diagnosis', name: 'E10*, E11*', include: ['E10*', 'E11*'], exclude: [] },
    ])
    expect(said.followUp?.followUp).toEqual(followUp.followUp)
  })
  it('names the same question by one hash, whatever it is called', () => {
    const first = atGateway(byNoise()).ready.requestHash
    const other = {
      ...cohort,
      title: 'Another',
      codeSets: { mine: { ...cohort.codeSets['mine']!, name: 'x' } },
    }
    expect(toHex(atGateway(byNoise({ cohort: other })).ready.requestHash)).toBe(toHex(first))
    expect(toHex(atGateway(byNoise({ microRho: 5_001 })).ready.requestHash)).not.toBe(toHex(first))
    expect(toHex(atGateway(byNoise({ cleaning: null })).ready.requestHash)).not.toBe(toHex(first))
  })
  it('sends a study by rule with its titles and without its own state', () => {
    const { question, said, ready } = atGateway({ lane: 'rule', snapshot: toHex(snapshot), study })
    expect(ready.chargeKind).toBe('by-rule')
    expect(question).toMatchObject({
      lane: 'rule',
      study: { title: study.title, snapshot: null, engine: null },
    })
    expect(said).toMatchObject({ lane: 'rule', study: { models: [{ title: 'First' }] } })
  })
  it('says what keeps it from being asked, part by part', () => {
    const problems = (asked: Asked) => {
      const ready = readyRequest(crypto, chainId, asked, 4)
      return ready.kind === 'problems' ? ready.problems : []
    }
    expect(problems(byNoise({ followUp: null }))).toEqual([{ kind: 'request', problem: 'follow-up' }])
    expect(problems(byNoise({ cohort: { ...cohort, codeSets: {} } }))).toEqual([
      { kind: 'study', problem: { kind: 'cohort', problem: { kind: 'unknown-code-set', codeSet: 'mine' } } },
    ])
    const cleaning = { schema: 'cleaning/1' as const, title: 'x', steps: [...presetSteps('careful')] }
    const comparing = problems(byNoise({ cleaning })).filter(({ kind }) => kind === 'cleaning')
    expect(comparing).toHaveLength(2)
    expect(
      problems({ lane: 'rule', snapshot: toHex(snapshot), study: { ...study, baselineBy: 'age' } }),
    ).toEqual([{ kind: 'study', problem: { kind: 'baseline-by-number', name: 'age' } }])
    expect(problems(byNoise({ output: { ...curve, timeEdges: [45] } }))).toEqual([
      { kind: 'request', problem: 'edges' },
    ])
  })
  it('does not let a request be charged whose cleaning no gateway takes', () => {
    const carrying = (test: string): Asked =>
      byNoise({
        cleaning: {
          schema: 'cleaning/1',
          title: 'x',
          steps: [{ step: 'carry-forward', version: 1, maxGapDays: { [test]: 90 } }],
        },
      })
    expect(atGateway(carrying('hba1c')).question).not.toBeNull()
    expect(readyRequest(crypto, chainId, carrying('no-such-test'), 4)).toEqual({
      kind: 'problems',
      problems: [
        {
          kind: 'study',
          problem: { kind: 'cleaning', problem: { kind: 'unknown-test', step: 0, test: 'no-such-test' } },
        },
      ],
    })
  })
  it('does not let a request be charged that is longer than gateways take', () => {
    const monitor = (codes: number): Asked =>
      byNoise({
        cleaning: null,
        followUp: null,
        output: {
          kind: 'monitor',
          plans: null,
          organisation: 'Insurer 2',
          groups: [
            { label: 'all', codes: Array.from({ length: codes }, (_, i) => String(i).padStart(64, 'G')) },
          ],
          ageEdges: [50],
          lastMonth: '2018-12',
          months: 12,
          costMost: 200_000,
          insurers: null,
        },
      })
    expect(readyRequest(crypto, chainId, monitor(200), 4).kind).toBe('ready')
    expect(readyRequest(crypto, chainId, monitor(300), 4)).toEqual({
      kind: 'problems',
      problems: [{ kind: 'request', problem: 'too-long' }],
    })
  })

  it('charges a model as a registered one only where a protocol is named', () => {
    const cox: RequestOutput = { kind: 'cox', timeEdges: [180], covariates: [{ variable: 'sex', edges: [] }] }
    const of = (registration: string | null) => {
      const ready = readyRequest(crypto, chainId, byNoise({ output: cox, registration }), 4)
      return ready.kind === 'ready' ? ready.chargeKind : null
    }
    expect(of(null)).toBe('model')
    expect(of('c'.repeat(64))).toBe('registered-model')
  })
})
