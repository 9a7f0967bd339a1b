/** The hospital's own encrypted table of names and national ids. Nothing of it ever enters a block. */
import { z } from 'zod'
import { partialDate } from '../domain/visit.ts'
import type { Service } from './kit.ts'

export const patient = z.object({
  /** Random local id; means nothing outside this hospital. */
  patientId: z.string(),
  name: z.string(),
  /** Name in Latin letters, where the name itself is in Chinese. */
  latinName: z.string().optional(),
  nationalId: z.string().optional(),
  medicalRecordNumber: z.string().optional(),
  sex: z.enum(['male', 'female', 'other', 'unknown']),
  birthDate: partialDate.optional(),
  phone: z.string().optional(),
  createdAt: z.number(),
  /** Visits of this patient that this hospital can open. */
  visitCount: z.number().int(),
  lastVisit: z.string().nullable(),
})
export type Patient = z.infer<typeof patient>

export const patientInput = z.object({
  name: z.string().min(1).max(200),
  latinName: z.string().max(200).optional(),
  nationalId: z.string().max(64).optional(),
  medicalRecordNumber: z.string().max(32).optional(),
  sex: patient.shape.sex,
  birthDate: partialDate,
  phone: z.string().max(64).optional(),
})
export type PatientInput = z.infer<typeof patientInput>

export const patients = {
  /** By name, national id, record number or birth date; at most `limit`, best first. Empty text: last used. */
  search: {
    input: z.object({ text: z.string().max(200), limit: z.number().int().min(1).max(100) }),
    output: z.object({ patients: z.array(patient), total: z.number().int() }),
  },
  get: { input: z.object({ patientId: z.string() }), output: patient.nullable() },
  register: {
    input: z.object({
      patient: patientInput,
      /** Register although similar patients were shown. */ isConfirmedNew: z.boolean(),
    }),
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('registered'), patient }),
      z.object({
        kind: z.literal('similar'),
        candidates: z.array(z.object({ patient, score: z.number(), reasons: z.array(z.string()) })),
      }),
      z.object({
        kind: z.literal('refused'),
        field: z.string(),
        rule: z.enum(['birth-date-impossible', 'birth-date-future', 'national-id-taken', 'name-empty']),
      }),
    ]),
  },
} satisfies Service
