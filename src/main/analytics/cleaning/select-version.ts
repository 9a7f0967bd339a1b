/** Step 1: what counts at a state of the chain. Of versions of one visit the head counts; of results those with a final word. */
import type { CleaningReason, StepOf } from '../../../shared/domain/cleaning.ts'
import { FACT_CODES, factCode } from '../facts/fact-tables.ts'
import { withRows, type CleanPerson } from './cleaned.ts'
import type { Editor } from './editor.ts'
import { growingNumbers } from './growing-numbers.ts'
import { personByPerson, type StepWork } from './step-work.ts'

const RETRACT = factCode('op', 'retract')

export function selectVersion(params: StepOf<'select-version'>): StepWork {
  const upTo = params.asOfBlock ?? Infinity
  const versions = growingNumbers()
  const earlier = growingNumbers()
  let replaced: Replaced = new Map()
  return personByPerson((persons, editor) => whatCounts(persons, replaced, params, editor), {
    isOfVisits: true,
    add(persons) {
      for (const { visit } of persons)
        for (const { source } of visit) {
          if (source.supersedes === null || source.block! > upTo) continue
          versions.push(source.block!)
          earlier.push(source.supersedes)
        }
    },
    end() {
      replaced = replacedBlocks(versions.values(), earlier.values())
      return null
    },
  })
}

type Replaced = ReadonlyMap<number, 'replaced' | 'came-too-late'>

function whatCounts(
  persons: readonly CleanPerson[],
  replaced: Replaced,
  { asOfBlock, visitStatuses, resultStatuses }: StepOf<'select-version'>,
  editor: Editor,
): CleanPerson[] {
  const upTo = asOfBlock ?? Infinity
  const visitCodes = new Set(visitStatuses.map((status) => FACT_CODES.visitStatus.indexOf(status)))
  const resultCodes = new Set(resultStatuses.map((status) => FACT_CODES.observationStatus.indexOf(status)))
  const refuted = factCode('verification', 'refuted')
  const wrongProcedure = factCode('procedureStatus', 'entered-in-error')
  const wrongPrescription = factCode('prescriptionStatus', 'entered-in-error')

  return persons.map((person) => {
    let out = editor.leaveOutVisits(person, ({ now }): CleaningReason | null => {
      if (now.block! > upTo) return 'after-state'
      const replacement = replaced.get(now.block!)
      if (replacement !== undefined) return replacement
      if (now.op === RETRACT) return 'retracted'
      return visitCodes.has(now.status!) ? null : 'visit-status'
    })
    out = withRows(out, 'observation', (row) =>
      row.isKept && !resultCodes.has(row.now.status!)
        ? editor.leaveOut(person, 'observation', row, 'result-status')
        : row,
    )
    out = withRows(out, 'diagnosis', (row) =>
      row.isKept && row.now.verification === refuted
        ? editor.leaveOut(person, 'diagnosis', row, 'refuted')
        : row,
    )
    out = withRows(out, 'procedure', (row) =>
      row.isKept && row.now.status === wrongProcedure
        ? editor.leaveOut(person, 'procedure', row, 'entered-in-error')
        : row,
    )
    return withRows(out, 'prescription', (row) =>
      row.isKept && row.now.status === wrongPrescription
        ? editor.leaveOut(person, 'prescription', row, 'entered-in-error')
        : row,
    )
  })
}

/** The first version that replaces another counts (ADR 0011); one that came after it never does. */
function replacedBlocks(versions: Float64Array, earlier: Float64Array): Replaced {
  const inOrder = Int32Array.from(versions, (_, i) => i).sort((a, b) => versions[a]! - versions[b]! || a - b)
  const out = new Map<number, 'replaced' | 'came-too-late'>()
  const taken = new Set<number>()
  for (const i of inOrder) {
    const supersedes = earlier[i]!
    if (taken.has(supersedes)) out.set(versions[i]!, 'came-too-late')
    else {
      taken.add(supersedes)
      out.set(supersedes, 'replaced')
    }
  }
  return out
}
