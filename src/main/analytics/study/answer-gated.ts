/**
 * The automatic answer from the warehouse: rows of patients, exact tables, noise, and the bytes that leave. Exact numbers live within this
 * call, in the thread of the analysis, and are neither answered nor logged (docs/spec/privacy.md sections 3 and 4).
 */
import type { CleaningPipeline } from '../../../shared/domain/cleaning.ts'
import type { CohortDefinition } from '../../../shared/domain/cohort.ts'
import type { IntervalDefinition } from '../../../shared/domain/intervals.ts'
import { assert, present } from '../../../shared/std/assert.ts'
import type { Bytes } from '../../../shared/std/bytes.ts'
import type { Crypto } from '../../node/crypto/crypto.ts'
import type { ReleasePolicy } from '../../privacy/answers/answer-policy.ts'
import { keyedNoise } from '../../privacy/answers/noisy-tables.ts'
import { answerLaneA } from '../../privacy/lane-a.ts'
import { decodeRequest, requestHash } from '../../privacy/request/request-bytes.ts'
import type { Output } from '../../privacy/request/outputs.ts'
import type { Patient } from '../../privacy/request/tabulate.ts'
import { StatsFailure } from '../../stats/failure.ts'
import { clean } from '../cleaning/clean.ts'
import { cleanedFacts, type CleanPerson } from '../cleaning/cleaned.ts'
import { changesNothing } from '../cleaning/cleaning-book.ts'
import { FACT_TABLE_NAMES } from '../facts/fact-tables.ts'
import { rowsOfPersons, tablesRead } from '../gated/patient-rows.ts'
import { profileRows } from '../gated/profile-rows.ts'
import type { SnapshotScope, Warehouse } from '../warehouse/warehouse.ts'

/** Persons that are objects at one time, beside the rows that are kept of them. */
const BATCH_PERSONS = 2_000

/** What a gateway hands to the thread: a request that it has checked, the texts that it names, and the key of the noise. */
export interface GatedQuestion {
  readonly chainId: Bytes
  /** Canonical bytes of a request (version 2). */
  readonly request: Bytes
  readonly cohort: CohortDefinition
  readonly cleaning: CleaningPipeline | null
  readonly followUp: IntervalDefinition | null
  readonly scope: SnapshotScope
  /** Day (UTC, days since 1970) of the snapshot's segment. */
  readonly snapshotDay: number
  /** 32 bytes of the snapshot. */
  readonly noiseKey: Bytes
  readonly policy: ReleasePolicy
  /** Of a monitoring table: first month of its benchmark, by the chain's members; null: none. */
  readonly benchmarkFrom: string | null
}

/** 16,384 bytes. @throws {StatsFailure} `cancelled` */
export async function answerGated(
  crypto: Crypto,
  warehouse: Warehouse,
  question: GatedQuestion,
  isCancelled: () => boolean,
): Promise<Bytes> {
  const { chainId, request: bytes, noiseKey, policy, benchmarkFrom } = question
  const request = present(decodeRequest(bytes), 'a request that was checked decodes')
  const patients = await patientsOf(warehouse, { ...question, output: request.output }, isCancelled)
  const noise = keyedNoise(crypto, noiseKey, chainId, requestHash(crypto, chainId, bytes))
  return answerLaneA(request, patients, noise, policy, benchmarkFrom)
}

/** In the order of their first visit in the chain. Exact: for the tables of this thread alone. */
export async function patientsOf(
  warehouse: Warehouse,
  asked: Pick<
    GatedQuestion,
    'cohort' | 'cleaning' | 'followUp' | 'scope' | 'snapshotDay' | 'benchmarkFrom'
  > & {
    readonly output: Output
  },
  isCancelled: () => boolean,
): Promise<readonly Patient[]> {
  const { cohort, cleaning, output, followUp, snapshotDay, benchmarkFrom } = asked
  const rowsOf = rowsOfPersons({ output, followUp, snapshotDay, benchmarkFrom })
  const profileOf = output.kind === 'cleaning-profile' ? profileRows(output) : null
  // What a step finds out is in no row, and of one person alone it is nothing.
  const steps = (cleaning?.steps ?? []).filter((step) => !changesNothing(step))
  // A step of cleaning may look at anything.
  const tables = cleaning === null ? tablesRead({ output, followUp }) : FACT_TABLE_NAMES
  const snapshot = await warehouse.snapshot(asked.scope)
  const patients: Patient[] = []
  for (let from = 0; ; from += BATCH_PERSONS) {
    if (isCancelled()) throw new StatsFailure({ code: 'cancelled' })
    const members = await warehouse.personFacts(snapshot, cohort, { from, to: from + BATCH_PERSONS }, tables)
    for (const { index, facts } of members) {
      if (cleaning === null) {
        patients.push(rowsOf(facts, index))
        continue
      }
      // Each person alone: what a step learns must not come from others.
      const { persons } = clean([facts], { steps })
      if (profileOf !== null) patients.push(profileOf(theOnly(persons)))
      else for (const known of cleanedFacts(persons)) patients.push(rowsOf(known, index))
    }
    if (members.length < BATCH_PERSONS) break
  }
  return patients
}

/** No step that looks at one person alone makes two of them, or none. */
function theOnly(persons: readonly CleanPerson[]): CleanPerson {
  const [person] = persons
  assert(person !== undefined && persons.length === 1, 'a person who is cleaned alone stays one')
  return person
}
