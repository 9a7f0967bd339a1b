/** What a visit has without a code of this hospital's lists, and the same visit with the codes that a coder gave. Pure. */
import type { CodedList, CodeTarget } from '../../shared/contract/codes.ts'
import type { VisitInput } from '../../shared/contract/records.ts'
import { labTestOf } from '../../shared/domain/lab-tests.ts'
import { isOwnTest } from '../../shared/domain/visit-check.ts'
import type { Code, Observation, VisitRecord } from '../../shared/domain/visit.ts'

export interface CodedThing {
  readonly list: Exclude<CodedList, 'department'>
  readonly code: Code
  /** Words of the thing: its display, or what was written beside it. */
  readonly text: string
  /** Said by whoever recorded it; otherwise the lists are asked. */
  readonly isSaidUnlisted: boolean
}

type Coded = Pick<VisitRecord, 'observations' | 'diagnoses' | 'procedures' | 'prescriptions'>

const TEXT = 'text'
/**
 * Words alone: nobody gave a code. Importers put the beginning of the words where a code stands; people wrote them, so they
 * are nothing for a table that lies readable on the disk.
 */
export const isWords = ({ system, code, display }: Code): boolean =>
  code === TEXT || (system === 'local' && display !== undefined && code !== '' && display.startsWith(code))

/** Tests under their LOINC codes and what was taken back are left out: there is nothing to code. */
const isToCode = (each: Observation): boolean =>
  isOwnTest(each) && each.status !== 'entered-in-error' && each.status !== 'cancelled'

export function codedThings({ observations, diagnoses, procedures, prescriptions }: Coded): CodedThing[] {
  const thing = (
    list: CodedThing['list'],
    each: { code: Code; text?: string | undefined; unlisted?: boolean | undefined },
  ): CodedThing => ({
    list,
    code: each.code,
    text: (each.code.display ?? '').trim() || (each.text ?? '').trim() || each.code.code,
    isSaidUnlisted: each.unlisted === true,
  })
  return [
    ...diagnoses
      .filter(({ verification }) => verification !== 'refuted')
      .map((each) => thing('diagnosis', each)),
    ...procedures.map((each) => thing('procedure', each)),
    ...prescriptions.map((each) => thing('medicine', each)),
    ...observations.filter(isToCode).map((each) => thing('test', each)),
  ]
}

/** The visit with `targetOf` in place of what had no code. Null where nothing changes. The source's coding stays beside. */
export function withCodes<Visit extends Pick<VisitInput, keyof Coded>>(
  visit: Visit,
  targetOf: (thing: CodedThing) => CodeTarget | null,
): Visit | null {
  let isChanged = false
  function coded<T extends { code: Code; sourceCodings: Code[]; text?: string | undefined }>(
    each: T,
    thing: CodedThing,
  ): T {
    const target = targetOf(thing)
    if (target === null) return each
    isChanged = true
    const code = {
      system: target.system,
      code: target.code,
      ...(target.display === '' ? {} : { display: target.display }),
    }
    if (each.code.code === TEXT)
      // What was written is the clinician's own words: kept as such.
      return { ...each, code, ...(each.text === undefined && thing.text !== '' ? { text: thing.text } : {}) }
    const isSame = each.code.system === target.system && each.code.code === target.code
    return {
      ...each,
      code,
      sourceCodings: isSame ? each.sourceCodings : [each.code, ...each.sourceCodings].slice(0, 16),
    }
  }
  // Refuted diagnoses are no things, so the places of things are counted along.
  const things = codedThings(visit)
  const next = () => things.shift()!
  const diagnoses = visit.diagnoses.map((each) => {
    if (each.verification === 'refuted') return each
    const changed = coded(each, next())
    if (changed === each) return each
    const { unlisted: _unlisted, ...rest } = changed
    return rest
  })
  const procedures = visit.procedures.map((each) => coded(each, next()))
  const prescriptions = visit.prescriptions.map((each) => {
    const changed = coded(each, next())
    const isAtc = changed !== each && /^[A-Z][0-9]{2}[A-Z]{2}[0-9]{2}$/.test(changed.code.code)
    return isAtc ? { ...changed, ingredientAtc: changed.code.code } : changed
  })
  const observations = visit.observations.map((each) => (isToCode(each) ? codedTest(each, next()) : each))
  return isChanged ? { ...visit, observations, diagnoses, procedures, prescriptions } : null

  /** Value, unit and range stay as they were written: what the test is called says nothing of them. */
  function codedTest(each: Observation, thing: CodedThing): Observation {
    const target = targetOf(thing)
    if (target === null) return each
    isChanged = true
    const code = { system: target.system, code: target.code, display: target.display || thing.text }
    return {
      ...each,
      code,
      kind: labTestOf(code)?.kind ?? each.kind,
      // The words are what the test was called, and nothing else keeps them.
      sourceCodings: [each.code, ...each.sourceCodings].slice(0, 16),
    }
  }
}
