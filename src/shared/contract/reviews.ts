/** Study packages: made of an answered study, opened and checked by anybody, compared with a manuscript, and reviewed in the chain. */
import { z } from 'zod'
import type { Service } from './kit.ts'

const hash = z.string().regex(/^[0-9a-f]{64}$/)
const cell = z.string().nullable()

export const resultLine = z.object({ name: z.string(), value: cell, low: cell, high: cell })
export type ResultLine = z.infer<typeof resultLine>

export const packageReport = z.object({
  ok: z.boolean(),
  chainId: cell,
  consortium: cell,
  checks: z.array(z.object({ id: z.string(), ok: z.boolean(), detail: cell })),
  study: z
    .object({
      /** As people read it, canonical JSON. */
      question: z.string(),
      title: z.string(),
      purpose: z.string(),
      lane: z.enum(['automatic', 'by rule']),
      /** How it was asked, in the words of the package's own reader. */
      label: z.string(),
      chargeMicroRho: z.int(),
      askedBy: z.string(),
      askedOn: z.string(),
      studyHash: hash,
      /** Hospitals that signed the answer, by name. */
      same: z.array(z.string()),
      /** Those that signed another one; with “(suspended)” where the chain names them for it. */
      otherwise: z.array(z.string()),
      recomputations: z.array(
        z.object({
          on: z.string(),
          askedBy: z.string(),
          outcome: z.string(),
          /** Hospitals that signed this outcome, and those that signed another one. */
          same: z.array(z.string()),
          otherwise: z.array(z.string()),
          /** Where it differs, the names of the numbers that came out otherwise. */
          cells: z.array(z.string()),
        }),
      ),
      reviews: z.array(z.object({ by: z.string(), on: z.string(), verdict: z.string() })),
    })
    .nullable(),
  lines: z.array(resultLine),
  /** Numbers of result.csv that are not those of the answer. */
  differences: z.array(z.object({ line: z.int(), name: cell, written: cell, attested: cell })),
  protocolDifferences: z.array(z.object({ path: z.string(), planned: z.string(), run: z.string() })),
})
export type PackageReport = z.infer<typeof packageReport>

const opened = z.object({
  kind: z.literal('opened'),
  name: z.string(),
  packageHash: hash,
  report: packageReport,
  /** Whether the package is about the chain of the open profile. */
  here: z.enum(['own-chain', 'other-chain', 'no-chain']),
})

const reviewVerdict = z.enum(['confirmed', 'differs', 'not-recomputable'])

/** What this institution said of a study. */
export const ownReview = z.object({
  itemHash: hash,
  studyHash: hash,
  packageHash: hash,
  /** Null of what another person signed: title and text are with them. */
  title: cell,
  text: cell,
  verdict: reviewVerdict,
  /** Milliseconds since 1970: when it was decided, or signed where it is not. */
  at: z.number(),
  /** `waiting`: on its way into the chain; `lost`: its time went by without a decision. */
  state: z.enum(['final', 'waiting', 'lost']),
  /** Of the chain, where it stands there. */
  height: z.int().nullable(),
})
export type OwnReview = z.infer<typeof ownReview>

/** Numbers of a manuscript, each with the name of the attested cell that it claims to be. */
export const claim = z.object({ name: z.string().max(500), value: z.string().max(40) })

export const reviews = {
  /** Proves study and answer from the founding on, as a job. */
  build: {
    input: z.object({ studyHash: hash }),
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('started'), jobId: z.string() }),
      z.object({
        kind: z.literal('refused'),
        /** `not-given`: this institution neither asked nor is a hospital, so the question's text is not for it. */
        reason: z.enum(['unknown', 'not-answered', 'no-document', 'not-given', 'no-protocol']),
      }),
    ]),
  },
  /** Asks where to, and writes the package that a job of `build` made. */
  save: {
    input: z.object({ jobId: z.string() }),
    output: z.object({ path: z.string().nullable(), isSaved: z.boolean() }),
  },
  /** What a job of `build` made, base64, a piece of it from byte `from` on; null before, and where it failed. */
  bytes: {
    input: z.object({ jobId: z.string(), from: z.int().min(0) }),
    output: z.object({ piece: z.string(), byteCount: z.int() }).nullable(),
  },
  /** Asks for a package and checks all of it; null when the person closes the dialog. */
  open: {
    input: z.void(),
    output: z
      .discriminatedUnion('kind', [opened, z.object({ kind: z.literal('not-a-package'), name: z.string() })])
      .nullable(),
  },
  /** A manuscript's numbers beside those of a package that was opened here. Released numbers only: nothing is asked of anybody. */
  compare: {
    input: z.object({ packageHash: hash, claims: z.array(claim).max(2_000) }),
    output: z.array(
      claim.extend({
        attested: cell,
        verdict: z.enum(['same', 'differs', 'withheld', 'no-such-cell', 'no-number']),
      }),
    ),
  },
  /** Reviews that this institution signed, newest first, with the text where the person who asks wrote it. */
  mine: { input: z.void(), output: z.array(ownReview) },
  /** A signed review in the chain: of this study, of these bytes, with a verdict; of the text its hash. The text is kept here for whoever signs. */
  sign: {
    input: z.object({
      packageHash: hash,
      verdict: reviewVerdict,
      text: z.string().min(1).max(20_000),
    }),
    output: z.discriminatedUnion('kind', [
      /** `isTextKept`: false where this node could not write the text down; the review is signed all the same, with its hash. */
      z.object({ kind: z.literal('signed'), itemHash: hash, isTextKept: z.boolean() }),
      /** `does-not-hold`: nobody confirms a package that failed a check. */
      z.object({
        kind: z.literal('refused'),
        reason: z.enum(['not-open', 'other-chain', 'does-not-hold', 'not-taken']),
      }),
    ]),
  },
} satisfies Service
