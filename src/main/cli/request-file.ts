/** A request to all hospitals as a program writes it into a file (docs/spec/program-interface.md), and what the node is asked for it. */
import { z } from 'zod'
import type { Asked } from '../../shared/contract/requests.ts'
import { cleaningPipeline } from '../../shared/domain/cleaning.ts'
import { cohortDefinition } from '../../shared/domain/cohort.ts'
import { intervalDefinition } from '../../shared/domain/intervals.ts'
import { PURPOSES } from '../../shared/domain/purposes.ts'
import { requestOutput } from '../../shared/domain/request-output.ts'
import { studyFile } from '../../shared/domain/study.ts'
import { STUDY_BYTES_MAX } from '../services/studies-service.ts'
import { readDocument, type ReadDocument } from './read-document.ts'

const hash = z.string().regex(/^[0-9a-f]{64}$/)

const common = {
  title: z.string().min(1).max(200),
  purpose: z.enum(PURPOSES),
  /** Null: the newest one. */
  snapshot: hash.nullable().default(null),
  /** Groups requests of one study; null begins one. */
  studyId: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .nullable()
    .default(null),
}
const byNoise = z.strictObject({
  ...common,
  cohort: cohortDefinition,
  cleaning: cleaningPipeline.nullable().default(null),
  followUp: intervalDefinition.nullable().default(null),
  output: requestOutput,
  /** Millionths of rho. */
  price: z.int().min(1).max(1_000_000_000),
  registration: hash.nullable().default(null),
  isPublished: z.boolean().default(false),
})
const byRule = z.strictObject({ ...common, study: studyFile })
export type RequestFile = z.infer<typeof byNoise> | z.infer<typeof byRule>

/** Whoever names a study means the form by rule, and is told what is wrong with that one. */
export async function readRequest(path: string): Promise<ReadDocument<RequestFile>> {
  const looked = await readDocument(path, z.looseObject({}), STUDY_BYTES_MAX)
  if (looked.kind !== 'document') return looked
  return readDocument<RequestFile>(path, 'study' in looked.document ? byRule : byNoise, STUDY_BYTES_MAX)
}

/** @param snapshot hash of a declared one, hex */
export function askedOf(file: RequestFile, snapshot: string): Asked {
  if ('study' in file) return { lane: 'rule', snapshot, study: file.study }
  const { cohort, cleaning, followUp, output, price: microRho, registration, isPublished } = file
  return { lane: 'noise', snapshot, cohort, cleaning, followUp, output, microRho, registration, isPublished }
}
