/** Is this new person already in the table? Looks only where another entry could lie, and weighs what is there. */
import type { DuplicateCandidate } from '../../../shared/contract/patients.ts'
import { comparePeople, FIELDS, LEVELS, type LinkField, type Pattern } from './compare.ts'
import {
  DEFAULT_MODEL,
  ESTIMATE_FROM,
  estimateModel,
  LIKELY,
  weigh,
  WORTH_A_LOOK,
  type LinkModel,
} from './fellegi-sunter.ts'
import { blocksOf, blocksToLookIn, type Person } from './person.ts'

export interface Candidate {
  readonly id: string
  readonly weight: number
  readonly band: 'likely' | 'possible'
  readonly evidence: DuplicateCandidate['evidence']
}

export interface CandidateIndex {
  enter(id: string, person: Person): void
  /** Best first, at most ten; without the entry `except`. */
  find(person: Person, except?: string): Candidate[]
  readonly model: LinkModel
  /** Estimates the model from the table, between two breaths of the event loop; resolves when it is in use. */
  estimate(): Promise<void>
  forget(): void
}

const SHOWN_MAX = 10
/** A block so full (a whole ward born on 1900-01-01) tells nothing. */
const BLOCK_MAX = 2_000
const SAMPLE_PAIRS = 20_000
const PAIRS_PER_BREATH = 500

/** @param random a number in [0, 1) */
export function createCandidateIndex(random: () => number): CandidateIndex {
  const people = new Map<string, Person>()
  const blocks = new Map<string, Set<string>>()
  let model = DEFAULT_MODEL
  let estimatedAt = 0
  let isEstimating = false

  function leave(id: string, person: Person): void {
    for (const block of blocksOf(person)) {
      const there = blocks.get(block)
      there?.delete(id)
      if (there?.size === 0) blocks.delete(block)
    }
  }

  async function estimate(): Promise<void> {
    // Anew when the table has grown by a quarter: what people enter changes slowly.
    if (isEstimating || people.size < ESTIMATE_FROM || people.size < estimatedAt * 1.25) return
    isEstimating = true
    try {
      const all = [...people.values()]
      const sample = { blocked: [] as { pattern: Pattern; fixed: LinkField }[], random: [] as Pattern[] }
      let sinceBreath = 0
      const breathe = async (): Promise<void> => {
        if (++sinceBreath % PAIRS_PER_BREATH === 0) await new Promise((resolve) => setImmediate(resolve))
      }
      while (sample.random.length < SAMPLE_PAIRS) {
        const [a, b] = [all[Math.floor(random() * all.length)]!, all[Math.floor(random() * all.length)]!]
        if (a !== b) sample.random.push(comparePeople(a, b))
        await breathe()
      }
      for (const [block, ids] of blocks) {
        if (ids.size < 2 || ids.size > BLOCK_MAX || sample.blocked.length >= SAMPLE_PAIRS) continue
        const fixed: LinkField | null = block.startsWith('d')
          ? 'birthDate'
          : block.startsWith('m')
            ? 'mobile'
            : null
        // Years and surnames fix two fields at once by halves: those pairs would bend both.
        if (fixed === null) continue
        const [first, ...others] = [...ids].slice(0, 12)
        for (const other of others) {
          const [a, b] = [people.get(first!), people.get(other)]
          if (a !== undefined && b !== undefined) sample.blocked.push({ pattern: comparePeople(a, b), fixed })
          await breathe()
        }
      }
      model = estimateModel(sample)
      estimatedAt = all.length
    } finally {
      isEstimating = false
    }
  }

  return {
    enter(id, person) {
      const before = people.get(id)
      if (before !== undefined) leave(id, before)
      people.set(id, person)
      for (const block of blocksOf(person)) {
        const there = blocks.get(block)
        if (there === undefined) blocks.set(block, new Set([id]))
        else there.add(id)
      }
    },
    find(person, except) {
      const seen = new Set<string>()
      const found: Candidate[] = []
      for (const block of blocksToLookIn(person)) {
        const ids = blocks.get(block)
        if (ids === undefined || ids.size > BLOCK_MAX) continue
        for (const id of ids) {
          if (seen.has(id) || id === except) continue
          seen.add(id)
          const other = people.get(id)
          if (other === undefined) continue
          const pattern = comparePeople(person, other)
          const weighed = weigh(model, pattern)
          if (weighed.total < WORTH_A_LOOK) continue
          found.push({
            id,
            weight: weighed.total,
            band: weighed.total >= LIKELY ? 'likely' : 'possible',
            evidence: FIELDS.flatMap((field) => {
              const level = pattern[field]
              return level === null
                ? []
                : [{ field, level: LEVELS[field][level]!, weight: weighed.byField[field]! }]
            }),
          })
        }
      }
      return found.sort((a, b) => b.weight - a.weight).slice(0, SHOWN_MAX)
    },
    get model() {
      return model
    },
    estimate,
    forget() {
      people.clear()
      blocks.clear()
    },
  }
}
