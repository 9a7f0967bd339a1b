/** The store of the pricing room: what is priced, what came out, and the changes that the node has noted. */
import { create } from 'zustand'
import type { PricedAnswer, PricingProblem, PricingSourcesView } from '../../../shared/contract/pricing.ts'
import type { ManualChange, PricingWork } from '../../../shared/domain/pricing-work.ts'
import { node } from '../../lib/node.ts'
import { ofOnePerson } from '../../lib/session.ts'
import { jobEnded } from '../jobs.ts'

export interface PricingDraft extends Omit<PricingWork, 'source'> {
  readonly studyHash: string | null
  readonly exposureHash: string | null
  readonly currency: string
}

interface PricingState {
  readonly sources: PricingSourcesView | null
  readonly draft: PricingDraft
  readonly jobId: string | null
  readonly answer: PricedAnswer | null
  readonly problem: PricingProblem | null
  /** What was chosen and is not on this node any more: something else stands in its place until somebody chooses. */
  readonly replaced: readonly ('result' | 'exposure')[]
  /** What the draft was before somebody changed it: a version that was taken up; null where the room filled it in. */
  readonly begun: PricingDraft | null
  /** What somebody was working on before a version was taken up. */
  readonly earlier: Pick<PricingState, 'draft' | 'begun'> | null
  load(): Promise<void>
  change(change: Partial<PricingDraft>): void
  /** Takes up what a version was made of: steps, changes with who and why, and all that was chosen. */
  resume(work: PricingWork, currency: string): void
  /** To what was worked on before a version was taken up; what stands here now can be had back the same way. */
  goBack(): void
  price(): Promise<void>
  note(change: ManualChange, reason: string): Promise<void>
}

export const NEW_DRAFT: PricingDraft = {
  studyHash: null,
  exposureHash: null,
  product: '',
  jurisdiction: '',
  currency: 'TWD',
  model: { kind: 'frequency-severity', frequency: 'quasipoisson', factors: [] },
  adjustments: [],
  steps: [],
  holdout: null,
  expectedLossRatio: null,
  ratingFrom: null,
}
const nothing = {
  sources: null,
  draft: NEW_DRAFT,
  jobId: null,
  answer: null,
  problem: null,
  replaced: [],
  begun: null,
  earlier: null,
}

/** Null while something is not chosen. */
export function workOf(draft: PricingDraft): PricingWork | null {
  const { studyHash, exposureHash, currency: _, ...rest } = draft
  const [product, jurisdiction] = [rest.product.trim(), rest.jurisdiction.trim()]
  if (studyHash === null || exposureHash === null || product === '' || jurisdiction === '') return null
  return { ...rest, product, jurisdiction, source: { studyHash, exposureHash } }
}

/** Somebody's own work, which is not what a version holds. */
function isOwnWork({ draft, begun, answer }: PricingState): boolean {
  if (begun !== null) return JSON.stringify(draft) !== JSON.stringify(begun)
  return answer !== null || draft.steps.length > 0 || draft.adjustments.length > 0
}

/** `turn` changes with the person: what comes later is not put into somebody else's room. */
const person = { turn: 0 }

export const usePricing = create<PricingState>()((set, get) => ({
  ...nothing,
  async load() {
    const mine = person.turn
    const sources = await node.pricing.sources()
    if (mine !== person.turn) return
    const { draft } = get()
    const [result] = sources.results
    const [rules] = sources.rules
    const isKnown = sources.results.some(({ studyHash }) => studyHash === draft.studyHash)
    const hasFile = sources.exposures.some(({ hash }) => hash === draft.exposureHash)
    const replaced = [
      ...(draft.studyHash === null || isKnown ? [] : (['result'] as const)),
      ...(draft.exposureHash === null || hasFile ? [] : (['exposure'] as const)),
    ]
    set({
      sources,
      ...(replaced.length > 0 ? { replaced } : {}),
      draft: {
        ...draft,
        studyHash: isKnown ? draft.studyHash : (result?.studyHash ?? null),
        exposureHash: hasFile ? draft.exposureHash : (sources.exposures[0]?.hash ?? null),
        product: draft.product === '' ? (rules?.product ?? '') : draft.product,
        jurisdiction: draft.jurisdiction === '' ? (rules?.jurisdiction ?? '') : draft.jurisdiction,
        model:
          draft.model.factors.length > 0 || result === undefined
            ? draft.model
            : {
                ...draft.model,
                factors: result.factors
                  .map(({ name }) => name)
                  .filter((name) => rules?.allowed.some(({ factor }) => factor === name) ?? false)
                  // Priced one at a time (`WorkPanel`); groups come first.
                  .filter((name, _, all) => name !== 'plan' || !all.includes('group')),
              },
      },
    })
  },
  resume({ source, ...work }, currency) {
    person.turn++
    const before = get()
    const version = { ...NEW_DRAFT, ...work, ...source, currency }
    set({
      ...nothing,
      sources: before.sources,
      draft: version,
      begun: version,
      earlier: isOwnWork(before) ? { draft: before.draft, begun: NEW_DRAFT } : before.earlier,
    })
  },
  goBack() {
    const { sources, draft, begun, earlier } = get()
    if (earlier === null) return
    person.turn++
    set({ ...nothing, sources, ...earlier, earlier: { draft, begun: begun ?? NEW_DRAFT } })
  },
  change(change) {
    const isChosen = change.studyHash !== undefined || change.exposureHash !== undefined
    set({ draft: { ...get().draft, ...change }, ...(isChosen ? { replaced: [] } : {}) })
  },
  async price() {
    const work = workOf(get().draft)
    if (work === null) return
    const mine = person.turn
    const started = await node.pricing.start({ work })
    if (mine !== person.turn) return
    if (started.kind === 'not-priced') {
      set({ problem: started.problem, answer: null, jobId: null })
      return
    }
    const { jobId } = started
    set({ jobId, problem: null })
    await jobEnded(jobId)
    if (mine !== person.turn) return
    const answer = await node.pricing.answer({ jobId })
    // Another one was started meanwhile, or somebody else has come: this one is stale.
    if (mine !== person.turn || get().jobId !== jobId) return
    if (answer?.kind === 'priced') set({ answer, jobId: null })
    else set({ jobId: null, problem: answer?.problem ?? null, ...(answer === null ? {} : { answer: null }) })
  },
  async note(change, reason) {
    const mine = person.turn
    const noted = await node.pricing.note({ change, reason })
    if (mine !== person.turn) return
    const { draft, answer: before } = get()
    set({ draft: { ...draft, adjustments: [...draft.adjustments, noted] } })
    await get().price()
    if (mine !== person.turn) return
    const { problem, draft: now } = get()
    if (problem === null || before === null) return
    // What cannot be made is taken back: the price before it stays, beside why, and can be worked on.
    set({ draft: { ...now, adjustments: now.adjustments.filter((each) => each !== noted) }, answer: before })
  },
}))

ofOnePerson(() => {
  person.turn++
  usePricing.setState(nothing)
})
