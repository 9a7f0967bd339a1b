/** Printed summaries of a patient, and what became of the blocks that one quotes. */
import { z } from 'zod'
import { visitRecord } from '../domain/visit.ts'
import type { Service } from './kit.ts'
import { patient } from './patients.ts'

export const summaryDocument = z.object({
  format: z.literal('consilium-summary'),
  version: z.literal(1),
  chainId: z.string(),
  memberId: z.string(),
  hospital: z.string(),
  madeAt: z.number(),
  patient: patient.pick({
    name: true,
    latinName: true,
    sex: true,
    birthDate: true,
    medicalRecordNumber: true,
  }),
  visits: z.array(
    z.object({
      index: z.number().int(),
      blockHash: z.string(),
      merkleRoot: z.string(),
      record: visitRecord,
    }),
  ),
})
export type SummaryDocument = z.infer<typeof summaryDocument>

export const quotedBlock = z.object({
  index: z.number().int(),
  /** First 16 bytes, hex. */
  hashStart: z.string(),
  /** Whether the chain has exactly this block. */
  inChain: z.enum(['unchanged', 'differs', 'not-here']),
  /** What became of the visit since; `unknown` where only the hospital that recorded it can tell. */
  since: z.enum(['current', 'amended', 'retracted', 'conflict', 'unknown']),
  /** Block of the newest version, where there is a newer one. */
  newerIndex: z.number().int().nullable(),
  /** Where this hospital can name the version. */
  merkleRoot: z.string().nullable(),
  isOwn: z.boolean(),
})

export const checkedSummary = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('checked'),
    code: z.string(),
    hospital: z.string(),
    memberId: z.string(),
    madeAt: z.number(),
    isOwn: z.boolean(),
    /** What was compared: the code alone says nothing of the words on the paper. */
    compared: z.enum(['code', 'seal', 'pdf', 'document']),
    blocks: z.array(quotedBlock),
    /** What the summary says, where this hospital made it or the file holds it. */
    document: summaryDocument.nullable(),
  }),
  z.object({
    kind: z.literal('refused'),
    reason: z.enum([
      /** Not a summary at all. */
      'not-a-summary',
      /** The words, the file or the seal were changed after the hospital signed. */
      'altered',
      /** No member of this consortium signed it with a key that it uses. */
      'unknown-signer',
      /** This hospital made no summary with this code. */
      'unknown-code',
      'too-large',
    ]),
  }),
])
export type CheckedSummary = z.infer<typeof checkedSummary>

export const summaries = {
  /** Signs a summary of these versions; only those that are final are in it. */
  make: {
    input: z.object({ patientId: z.string(), merkleRoots: z.array(z.string()).min(1).max(1_000) }),
    output: z.discriminatedUnion('kind', [
      z.object({
        kind: z.literal('made'),
        /** `XXXX-XXXX-XXXX-XXXX` */
        code: z.string(),
        /** The whole seal, for the QR code. */
        seal: z.string(),
        document: summaryDocument,
      }),
      z.object({
        kind: z.literal('refused'),
        reason: z.enum(['unknown-patient', 'not-this-patient', 'nothing-final', 'sealed']),
      }),
    ]),
  },
  /** The seal put into a PDF that shows this summary. Base64 both ways. */
  sealPdf: {
    input: z.object({ code: z.string(), pdf: z.string() }),
    output: z.object({ pdf: z.string().nullable() }),
  },
  /** The summary as a file that a machine reads; null for a code that was not given here. */
  asFile: { input: z.object({ code: z.string() }), output: z.object({ text: z.string().nullable() }) },
  /** By the code on the paper or the text of its QR code. */
  checkText: { input: z.object({ text: z.string().max(100_000) }), output: checkedSummary },
  /** A PDF or JSON file, as base64. */
  checkFile: { input: z.object({ file: z.string() }), output: checkedSummary },
  /** Prints what the window shows to a sealed PDF in a place that the person chooses. */
  savePdf: {
    input: z.object({ code: z.string(), name: z.string().max(100) }),
    output: z.object({ path: z.string().nullable(), isSaved: z.boolean() }),
  },
  saveFile: {
    input: z.object({ code: z.string(), name: z.string().max(100) }),
    output: z.object({ path: z.string().nullable(), isSaved: z.boolean() }),
  },
  /** Opens the file dialog and checks what the person chooses; null when it is closed. */
  chooseAndCheck: { input: z.void(), output: checkedSummary.nullable() },
} satisfies Service
