import { describe, expect, it, vi } from 'vitest'
import type { NotedChange } from '../../../shared/domain/pricing-work.ts'
import { node } from '../../lib/node.ts'
import { ofOnePerson } from '../../lib/session.ts'
import { jobEnded } from '../jobs.ts'
import { NEW_DRAFT, usePricing, workOf } from './use-pricing.ts'

vi.mock('../../lib/node.ts', () => ({
  node: { pricing: { sources: vi.fn(), note: vi.fn(), start: vi.fn(), answer: vi.fn() } },
}))
vi.mock('../../lib/session.ts', () => ({ ofOnePerson: vi.fn() }))
vi.mock('../jobs.ts', () => ({ jobEnded: vi.fn() }))

/** What the store does when another person comes. */
const forget = vi.mocked(ofOnePerson).mock.calls[0]![0]
const noted = { by: 'ada', day: '2026-06-01', reason: 'smooth' } as NotedChange
const change = { kind: 'monotone' as const, factor: 'ageBand', direction: 'rising' as const }
const problem = { kind: 'engine' as const, code: 'bad-option', detail: {} }
const before = { kind: 'priced' } as NonNullable<ReturnType<typeof usePricing.getState>['answer']>
const chosen = { ...NEW_DRAFT, studyHash: 'a', exposureHash: 'b', product: 'P', jurisdiction: 'TW' }
const isPriced = () => usePricing.setState({ draft: chosen, answer: before })

describe('a change by hand that cannot be made', () => {
  it('is taken back: the price before it stays and can be worked on, beside why', async () => {
    isPriced()
    vi.mocked(node.pricing.note).mockResolvedValue(noted)
    vi.mocked(node.pricing.start).mockResolvedValue({ kind: 'not-priced', problem })
    await usePricing.getState().note(change, 'smooth')
    const { answer, draft, problem: said } = usePricing.getState()
    expect(said).toEqual(problem)
    expect(answer).toBe(before)
    expect(draft.adjustments).toEqual([])
  })
})

describe('a version that is worked on once more', () => {
  it('is taken up whole: its source, steps and changes, and the price of something else is gone', () => {
    isPriced()
    const work = {
      product: 'Health',
      jurisdiction: 'TW',
      source: { studyHash: 'c', exposureHash: 'd' },
      model: { kind: 'pure-premium', power: 1.5, factors: ['plan'] },
      adjustments: [noted],
      steps: [
        { kind: 'share', name: 'Tax', share: 0.1, note: { by: 'ada', day: '2026-06-01', reason: 'law' } },
      ],
      holdout: null,
      expectedLossRatio: 0.8,
      ratingFrom: '2026-01',
    }
    usePricing.getState().resume(work as never, 'USD')
    const { draft, answer } = usePricing.getState()
    expect(workOf(draft)).toEqual(work)
    expect([draft.currency, answer]).toEqual(['USD', null])
  })
  it('leaves beside what somebody was working on, also when another version is taken up, and gives either back', () => {
    usePricing.setState(usePricing.getInitialState())
    const { resume, goBack } = usePricing.getState()
    const version = (product: string) => ({ ...workOf(chosen)!, product }) as never
    resume(version('Nothing was begun'), 'TWD')
    expect(usePricing.getState().earlier).toBeNull()
    usePricing.setState({ ...usePricing.getInitialState(), draft: { ...chosen, adjustments: [noted] } })
    resume(version('First'), 'TWD')
    resume(version('Second'), 'TWD')
    expect(usePricing.getState().earlier?.draft.adjustments).toEqual([noted])
    usePricing.getState().change({ expectedLossRatio: 0.7 })
    goBack()
    expect(usePricing.getState().draft.adjustments).toEqual([noted])
    goBack()
    expect(usePricing.getState().draft).toMatchObject({ product: 'Second', expectedLossRatio: 0.7 })
    // A version that was altered is somebody's work as well.
    resume(version('Third'), 'TWD')
    expect(usePricing.getState().earlier?.draft.product).toBe('Second')
  })
})

describe('a source that is not on this node any more', () => {
  it('is said until somebody chooses, since another one stands in its place', async () => {
    isPriced()
    const kept = {
      results: [{ studyHash: 'x', factors: [] }],
      exposures: [{ hash: 'b' }],
      rules: [],
    }
    vi.mocked(node.pricing.sources).mockResolvedValue(kept as never)
    await usePricing.getState().load()
    await usePricing.getState().load()
    expect(usePricing.getState().draft).toMatchObject({ studyHash: 'x', exposureHash: 'b' })
    expect(usePricing.getState().replaced).toEqual(['result'])
    usePricing.getState().change({ currency: 'USD' })
    expect(usePricing.getState().replaced).toEqual(['result'])
    usePricing.getState().change({ studyHash: 'x' })
    expect(usePricing.getState().replaced).toEqual([])
  })
})

describe('whatever is answered after somebody else has come', () => {
  const NOTHING = usePricing.getInitialState()
  /** An answer during which the person changes. */
  const meanwhile =
    <T>(answer: T) =>
    () => {
      forget()
      return Promise.resolve(answer)
    }
  const { note: noting, start, answer, sources } = vi.mocked(node.pricing)
  const started = { kind: 'started' as const, jobId: 'j' }
  const settings = {
    'the change': () => noting.mockImplementationOnce(meanwhile(noted)),
    'the beginning': () => start.mockImplementationOnce(meanwhile(started)),
    'the refusal': () => start.mockImplementationOnce(meanwhile({ kind: 'not-priced' as const, problem })),
    'the job': () => vi.mocked(jobEnded).mockImplementationOnce(meanwhile({} as never)),
    'the price': () => answer.mockImplementationOnce(meanwhile(before)),
  }
  it.each(Object.entries(settings))('is not put into their room: %s', async (_, happens) => {
    isPriced()
    noting.mockResolvedValue(noted)
    start.mockResolvedValue(started)
    vi.mocked(jobEnded).mockResolvedValue({} as never)
    answer.mockResolvedValue(before)
    happens()
    await usePricing.getState().note(change, 'smooth')
    expect(usePricing.getState()).toMatchObject(NOTHING)
  })
  it('is not put into their room: what can be priced', async () => {
    sources.mockImplementationOnce(meanwhile({ results: [], exposures: [{ hash: 'b' }], rules: [] } as never))
    await usePricing.getState().load()
    expect(usePricing.getState()).toMatchObject(NOTHING)
  })
})
