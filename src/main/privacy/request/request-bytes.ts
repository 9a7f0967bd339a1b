/** The one form of a request that is hashed (ADR 0005; docs/spec/privacy.md Q1): what decodes is canonical and may be asked. */
import {
  PROFILE_REASONS,
  PROFILE_TESTS_MAX,
  PROFILE_UNITS_MAX,
} from '../../../shared/domain/cleaning-profile.ts'
import { equalBytes } from '../../../shared/std/bytes.ts'
import { unreachable } from '../../../shared/std/unreachable.ts'
import { encode, tryDecode, type Cbor } from '../../node/chain/codec.ts'
import { asArray, asList, isBytes } from '../../node/chain/ids.ts'
import type { Crypto } from '../../node/crypto/crypto.ts'
import { labelHash } from '../../node/crypto/labels.ts'
import {
  INSURERS_MAX,
  MONITOR_CODES_MAX,
  MONITOR_GROUPS_MAX,
  MONITOR_PLANS_MAX,
  type MonitorGroup,
} from './monitor-output.ts'
import type { ProfiledTest } from './profile-output.ts'
import { pathwaysFromText, pathwaysText } from './pathways-output.ts'
import { SCORE_COLUMNS } from './score-output.ts'
import {
  canonicalRequest,
  CELLS_MAX,
  EDGES_MAX,
  problemsOfRequest,
  type Axis,
  type Bounded,
  type Counted,
  type Output,
  type ReleaseRequest,
} from './release-request.ts'

/** 2 added the pipeline by which records are cleaned before anything is counted. */
const VERSION = 2
const HASH_BYTES = 32
/** By their number in the bytes. */
export const OUTPUT_KINDS = [
  'count',
  'histogram',
  'table',
  'mean',
  'quantiles',
  'kaplan-meier',
  'cox',
  'poisson',
  'gamma',
  'monitor',
  'score',
  'cleaning-profile',
  'pathways',
] as const satisfies readonly Output['kind'][]

export function encodeRequest(request: ReleaseRequest): Uint8Array {
  const { snapshot, cohort, cleaning, followUp, output, microRho } = canonicalRequest(request)
  return encode([VERSION, snapshot, cohort, cleaning, followUp, outputToCbor(output), microRho])
}

/** Names the question everywhere: in the ledger, the noise and the answer. */
export function requestHash(crypto: Crypto, chainId: Uint8Array, bytes: Uint8Array): Uint8Array {
  return labelHash(crypto, 'consilium/request/1', chainId, bytes)
}

/** The request, or null for whatever is not the canonical form of one that may be asked. */
export function decodeRequest(bytes: Uint8Array): ReleaseRequest | null {
  const fields = asArray(tryDecode(bytes), 7)
  if (fields === null) return null
  const [version, snapshot, cohort, cleaning, followUp, encoded, microRho] = fields
  const output = outputFromCbor(encoded)
  if (version !== VERSION || output === null || typeof microRho !== 'number') return null
  if (!isBytes(snapshot, HASH_BYTES) || !isBytes(cohort, HASH_BYTES)) return null
  if (cleaning !== null && !isBytes(cleaning, HASH_BYTES)) return null
  if (followUp !== null && !isBytes(followUp, HASH_BYTES)) return null
  const request: ReleaseRequest = { snapshot, cohort, cleaning, followUp, output, microRho }
  if (problemsOfRequest(request).length > 0) return null
  return equalBytes(encodeRequest(request), bytes) ? request : null
}

function outputToCbor(output: Output): Cbor {
  const kind = OUTPUT_KINDS.indexOf(output.kind)
  switch (output.kind) {
    case 'count':
      return [kind]
    case 'histogram':
      return [kind, axisToCbor(output.axis), countedToCbor(output.counted)]
    case 'table':
      return [kind, output.axes.map(axisToCbor), countedToCbor(output.counted)]
    case 'mean':
      return [kind, output.variable, output.least, output.greatest]
    case 'quantiles':
      return [kind, axisToCbor(output.axis), output.perMille]
    case 'kaplan-meier':
      return [kind, output.timeEdges, output.by === null ? null : axisToCbor(output.by)]
    case 'cox':
      return [kind, output.timeEdges, output.covariates.map(axisToCbor)]
    case 'poisson': {
      const { exposure, claims, factors, cellsMost } = output
      return [kind, boundedToCbor(exposure), boundedToCbor(claims), factors.map(axisToCbor), cellsMost]
    }
    case 'gamma': {
      const { claims, cost, factors, cellsMost } = output
      return [kind, boundedToCbor(claims), boundedToCbor(cost), factors.map(axisToCbor), cellsMost]
    }
    case 'monitor': {
      const { organisation, groups, plans, ageEdges, lastMonth, months, costMost, insurers } = output
      const named = (each: readonly MonitorGroup[]) => each.map(({ label, codes }): Cbor => [label, codes])
      const fixed: Cbor[] = [kind, organisation, named(groups), ageEdges, lastMonth, months, costMost]
      if (plans !== null) return [...fixed, insurers, named(plans)]
      // Without plans, and without a benchmark, it is the form that there was before there were any.
      return insurers === null ? fixed : [...fixed, insurers]
    }
    case 'score': {
      const { formula, columns, edges, exposure, actual, cellsMost } = output
      return [kind, formula, columns, edges, boundedToCbor(exposure), boundedToCbor(actual), cellsMost]
    }
    case 'cleaning-profile': {
      const { tests, reasons, lastYear, years } = output
      return [kind, tests.map(({ test, units }): Cbor => [test, units]), reasons, lastYear, years]
    }
    case 'pathways':
      return [kind, pathwaysText(output)]
    default:
      return unreachable(output)
  }
}

const axisToCbor = ({ variable, edges }: Axis): Cbor => [variable, edges]
const boundedToCbor = ({ variable, most }: Bounded): Cbor => [variable, most]
const countedToCbor = (counted: Counted): Cbor =>
  counted.unit === 'patients' ? null : [counted.cellsMost, counted.perCellMost]

/** The shape only; what may be asked says `problemsOfRequest`. */
function outputFromCbor(value: Cbor | undefined): Output | null {
  const slots = asList(value, 9)
  if (slots === null || typeof slots[0] !== 'number') return null
  const kind = OUTPUT_KINDS[slots[0]]
  if (kind === undefined) return null
  switch (kind) {
    case 'count':
      return { kind }
    case 'histogram': {
      const axis = axisFromCbor(slots[1])
      const counted = countedFromCbor(slots[2])
      return axis && counted && { kind, axis, counted }
    }
    case 'table': {
      const axes = axesFromCbor(slots[1])
      const counted = countedFromCbor(slots[2])
      return axes && counted && { kind, axes, counted }
    }
    case 'mean': {
      const [, variable, least, greatest] = slots
      if (typeof variable !== 'string' || typeof least !== 'number' || typeof greatest !== 'number')
        return null
      return { kind, variable, least, greatest }
    }
    case 'quantiles': {
      const axis = axisFromCbor(slots[1])
      const perMille = integersFromCbor(slots[2])
      return axis && perMille && { kind, axis, perMille }
    }
    case 'kaplan-meier': {
      const timeEdges = integersFromCbor(slots[1])
      const by = slots[2] === null ? null : axisFromCbor(slots[2])
      if (timeEdges === null || (by === null && slots[2] !== null)) return null
      return { kind, timeEdges, by }
    }
    case 'cox': {
      const timeEdges = integersFromCbor(slots[1])
      const covariates = axesFromCbor(slots[2])
      return timeEdges && covariates && { kind, timeEdges, covariates }
    }
    case 'poisson':
    case 'gamma': {
      const first = boundedFromCbor(slots[1])
      const second = boundedFromCbor(slots[2])
      const factors = axesFromCbor(slots[3])
      const cellsMost = slots[4]
      if (first === null || second === null || factors === null || typeof cellsMost !== 'number') return null
      return kind === 'poisson'
        ? { kind, exposure: first, claims: second, factors, cellsMost }
        : { kind, claims: first, cost: second, factors, cellsMost }
    }
    case 'monitor':
      return monitorFromCbor(slots)
    case 'score':
      return scoreFromCbor(slots)
    case 'cleaning-profile':
      return profileFromCbor(slots)
    case 'pathways':
      return typeof slots[1] === 'string' ? pathwaysFromText(slots[1]) : null
    default:
      return unreachable(kind)
  }
}

function monitorFromCbor(slots: readonly Cbor[]): Output | null {
  const [, organisation, named, edges, lastMonth, months, costMost, listed, ofPlans] = slots
  const ageEdges = integersFromCbor(edges)
  const groups = groupsFromCbor(named, MONITOR_GROUPS_MAX)
  const plans = ofPlans === undefined ? null : groupsFromCbor(ofPlans, MONITOR_PLANS_MAX)
  if (typeof organisation !== 'string' || typeof lastMonth !== 'string' || ageEdges === null) return null
  if (typeof months !== 'number' || typeof costMost !== 'number') return null
  if (groups === null || (ofPlans !== undefined && plans === null)) return null
  const isListed = listed !== undefined && listed !== null
  const insurers = isListed ? asList(listed, INSURERS_MAX) : null
  if (isListed && insurers === null) return null
  if (insurers !== null && !insurers.every((name) => typeof name === 'string')) return null
  return { kind: 'monitor', organisation, groups, plans, ageEdges, lastMonth, months, costMost, insurers }
}

function scoreFromCbor([, formula, named, cut, first, second, cellsMost]: readonly Cbor[]): Output | null {
  const columns = asList(named, SCORE_COLUMNS.length)
  const edges = integersFromCbor(cut)
  const exposure = boundedFromCbor(first)
  const actual = boundedFromCbor(second)
  if (typeof formula !== 'string' || typeof cellsMost !== 'number' || edges === null) return null
  if (columns === null || !columns.every((name) => typeof name === 'string')) return null
  if (exposure === null || actual === null) return null
  return { kind: 'score', formula, columns, edges, exposure, actual, cellsMost }
}

function groupsFromCbor(value: Cbor | undefined, most: number): readonly MonitorGroup[] | null {
  const groups = asList(value, most)?.map(groupFromCbor) ?? null
  return groups !== null && groups.every((group) => group !== null) ? groups : null
}

function profileFromCbor([, named, listed, lastYear, years]: readonly Cbor[]): Output | null {
  const tests = asList(named, PROFILE_TESTS_MAX)?.map(profiledFromCbor) ?? null
  const reasons = textsFromCbor(listed, PROFILE_REASONS.length)
  if (tests === null || !tests.every((test) => test !== null) || reasons === null) return null
  if (typeof lastYear !== 'number' || typeof years !== 'number') return null
  return { kind: 'cleaning-profile', tests, reasons, lastYear, years }
}

function profiledFromCbor(value: Cbor): ProfiledTest | null {
  const [test, listed] = asArray(value, 2) ?? []
  const units = textsFromCbor(listed, PROFILE_UNITS_MAX)
  return typeof test === 'string' && units !== null ? { test, units } : null
}

function groupFromCbor(value: Cbor): MonitorGroup | null {
  const [label, list] = asArray(value, 2) ?? []
  const codes = asList(list, MONITOR_CODES_MAX)
  if (typeof label !== 'string' || codes === null) return null
  return codes.every((code) => typeof code === 'string') ? { label, codes } : null
}

function axisFromCbor(value: Cbor | undefined): Axis | null {
  const slots = asArray(value, 2)
  const edges = integersFromCbor(slots?.[1])
  const variable = slots?.[0]
  return edges === null || typeof variable !== 'string' ? null : { variable, edges }
}

function axesFromCbor(value: Cbor | undefined): readonly Axis[] | null {
  const axes = asList(value, CELLS_MAX)?.map(axisFromCbor) ?? null
  return axes !== null && axes.every((axis) => axis !== null) ? axes : null
}

function boundedFromCbor(value: Cbor | undefined): Bounded | null {
  const [variable, most] = asArray(value, 2) ?? []
  return typeof variable === 'string' && typeof most === 'number' ? { variable, most } : null
}

function countedFromCbor(value: Cbor | undefined): Counted | null {
  if (value === null) return { unit: 'patients' }
  const [cellsMost, perCellMost] = asArray(value, 2) ?? []
  if (typeof cellsMost !== 'number' || typeof perCellMost !== 'number') return null
  return { unit: 'visits', cellsMost, perCellMost }
}

function textsFromCbor(value: Cbor | undefined, most: number): readonly string[] | null {
  const list = asList(value, most)
  return list !== null && list.every((each) => typeof each === 'string') ? list : null
}

function integersFromCbor(value: Cbor | undefined): readonly number[] | null {
  const list = asList(value, EDGES_MAX)
  return list !== null && list.every((each) => typeof each === 'number') ? list : null
}
