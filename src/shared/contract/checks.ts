/** What two people of other hospitals look at before an answer by rule leaves (docs/spec/release-rules.md). */
import { z } from 'zod'
import { byRuleAnswer } from '../domain/by-rule-answer.ts'
import type { Service } from './kit.ts'
import { question } from './requests.ts'

const hash = z.string().regex(/^[0-9a-f]{64}$/)

/** What a checker answers for, one by one. */
export const CHECKLIST = ['purpose', 'groups', 'differences', 'small-numbers', 'wording'] as const

const ruleCheck = z.object({
  rule: z.string(),
  what: z.string(),
  /** No finer than what would leave, where it counts patients or events or follows from them; null where any number would tell more. */
  value: z.number().nullable(),
  isAbout: z.boolean(),
  limit: z.number(),
  verdict: z.enum(['met', 'near', 'broken']),
  /** Which side of the limit is allowed; `must` of what either is or is not. Absent in a proposal that an earlier version kept. */
  bound: z.enum(['least', 'most', 'must']).optional(),
})
export type RuleCheckView = z.infer<typeof ruleCheck>

/** Whether this person may decide, and why not. */
const mayCheck = z.enum([
  'yes',
  /** Their own institution asked. */
  'own-study',
  /** Somebody of this hospital has decided. */
  'decided',
  /** It is over, or this gateway has not come as far. */
  'not-now',
])

const proposalRow = z.object({
  studyHash: hash,
  title: z.string(),
  requester: z.string(),
  at: z.number().nullable(),
  approvals: z.int(),
  refusals: z.int(),
  needed: z.int(),
  mayCheck,
})
export type ProposalRow = z.infer<typeof proposalRow>

const proposal = z.object({
  row: proposalRow,
  proposalHash: hash,
  purpose: z.string(),
  question,
  checks: z.array(ruleCheck),
  /** What would leave, as it is rounded; never the exact values. */
  leaves: byRuleAnswer,
  /** What was answered before, newest first: what this might be subtracted from. Of other snapshots by rule only, as R9 compares. */
  earlier: z.array(
    z.object({
      studyHash: hash,
      /** Null where the question's text is not here. */
      title: z.string().nullable(),
      requester: z.string(),
      at: z.number().nullable(),
      lane: z.enum(['noise', 'rule']),
      isOfSameSnapshot: z.boolean(),
    }),
  ),
  verdicts: z.array(
    z.object({ hospital: z.string(), verdict: z.enum(['approve', 'refuse']), at: z.number().nullable() }),
  ),
})
export type Proposal = z.infer<typeof proposal>

export const checks = {
  /** Waiting ones first, then those that were decided, newest first. */
  list: { input: z.void(), output: z.array(proposalRow) },
  open: { input: z.object({ studyHash: hash }), output: proposal.nullable() },
  decide: {
    input: z.object({
      studyHash: hash,
      /** Of what was looked at: another proposal is not meant. */
      proposalHash: hash,
      verdict: z.enum(['approve', 'refuse']),
      /** What was looked at; all of it to approve. */
      checklist: z.array(z.enum(CHECKLIST)).max(CHECKLIST.length),
      comment: z.string().max(2_000),
    }),
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('decided') }),
      z.object({
        kind: z.literal('refused'),
        reason: z.enum(['own-study', 'decided', 'not-now', 'other-proposal', 'checklist', 'comment']),
      }),
    ]),
  },
  /** This hospital lets a customised model run: on the chain, by its very text. */
  approveFormula: {
    input: z.object({ formula: z.string().max(8_000) }),
    output: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('approved') }),
      z.object({
        kind: z.literal('refused'),
        /** No formula in its one form; this hospital approved it before; the chain did not take it. */
        reason: z.enum(['no-formula', 'known', 'not-taken']),
      }),
    ]),
  },
} satisfies Service
