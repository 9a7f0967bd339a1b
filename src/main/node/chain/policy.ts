/** The consortium's rules as numbers, part of the hashed state (docs/spec/record-format.md section 2). */
import { compareBytes, utf8Encode } from '../../../shared/std/bytes.ts'
import type { Crypto } from '../crypto/crypto.ts'
import { labelHash } from '../crypto/labels.ts'
import { encode, type Cbor } from './codec.ts'
import { asArray, asList, isText, type ChainId } from './ids.ts'
import { CHECKS_MAX, DAY_MS, POLICY_ENTRIES_MAX, POLICY_NAME_MAX, SEGMENT_VISITS_MAX } from './limits.ts'

/** Sorted by the bytes of the name. Names that this version does not know are carried and hashed. */
export type Policy = readonly (readonly [name: string, value: number])[]

export type PolicyName = keyof typeof POLICY_DEFAULTS

export const POLICY_DEFAULTS = {
  authorQuotaPerHour: 100_000,
  checkersMin: 2,
  formulaApprovalsMin: 0,
  formulaColumnsForbidden: 0,
  freeStudiesPerDay: 32,
  gatewayEpochDays: 90,
  releaseUnattested: 0,
  rhoCountMicro: 2_000,
  rhoHospitalMicro: 150_000,
  rhoInsuranceMicro: 125_000,
  rhoInsurerMicro: 50_000,
  rhoLifetimeMicro: 2_000_000,
  rhoModelMicro: 50_000,
  rhoPublishedMicro: 75_000,
  rhoRegisteredModelMicro: 125_000,
  rhoResearchMicro: 300_000,
  rhoSnapshotMicro: 500_000,
  rhoStudyMicro: 125_000,
  rhoTableMicro: 20_000,
  rhoUniversityMicro: 150_000,
  rhoYearMicro: 500_000,
  segmentBytesMax: 1_048_576,
  segmentVisitsMax: 1_000,
  smallestCount: 11,
  snapshotEveryDays: 0,
  snapshotHospitalsMin: 3,
  snapshotPatientsMin: 500,
  studyCountsMax: 25,
  studyExpiryDays: 30,
  timestampGranularityMs: 60_000,
  votersBelowFourAllowed: 0,
} as const

const RHO = [0, 1e9] as const
/** Least and greatest value of the names that this version knows. */
const BOUNDS: Readonly<Record<PolicyName, readonly [least: number, greatest: number]>> = {
  authorQuotaPerHour: [1, 1e9],
  checkersMin: [2, CHECKS_MAX],
  formulaApprovalsMin: [0, CHECKS_MAX],
  formulaColumnsForbidden: [0, 511],
  freeStudiesPerDay: [0, 1e6],
  gatewayEpochDays: [1, 3_650],
  releaseUnattested: [0, 1],
  rhoCountMicro: RHO,
  rhoHospitalMicro: RHO,
  rhoInsuranceMicro: RHO,
  rhoInsurerMicro: RHO,
  rhoLifetimeMicro: RHO,
  rhoModelMicro: RHO,
  rhoPublishedMicro: RHO,
  rhoRegisteredModelMicro: RHO,
  rhoResearchMicro: RHO,
  rhoSnapshotMicro: RHO,
  rhoStudyMicro: RHO,
  rhoTableMicro: RHO,
  rhoUniversityMicro: RHO,
  rhoYearMicro: RHO,
  segmentBytesMax: [300_000, 67_108_864],
  segmentVisitsMax: [1, SEGMENT_VISITS_MAX],
  smallestCount: [1, 1e6],
  snapshotEveryDays: [0, 3_650],
  snapshotHospitalsMin: [1, 1_000],
  snapshotPatientsMin: [1, 1e9],
  studyCountsMax: [0, 1e6],
  studyExpiryDays: [1, 3_650],
  timestampGranularityMs: [1, DAY_MS],
  votersBelowFourAllowed: [0, 1],
}

/** What may stand for a name; null for a name that this version does not know. */
export function policyBounds(name: string): { least: number; greatest: number } | null {
  if (!Object.hasOwn(BOUNDS, name)) return null
  const [least, greatest] = BOUNDS[name as PolicyName]
  return { least, greatest }
}

/** Names that came after the first chains: a founding that says nothing of them has the bytes that it always had. */
const LATER: readonly string[] = ['formulaApprovalsMin', 'formulaColumnsForbidden'] satisfies PolicyName[]

/** All defaults that a founding writes, changed where `changes` says so. */
export function createPolicy(changes: Readonly<Record<string, number>> = {}): Policy {
  const written = Object.entries(POLICY_DEFAULTS).filter(([name]) => !LATER.includes(name))
  return sortedPolicy(Object.entries({ ...Object.fromEntries(written), ...changes }))
}

/** The value in effect; a name that the policy leaves out has its default. */
export function policyValue(policy: Policy, name: PolicyName): number {
  for (const [entryName, value] of policy) if (entryName === name) return value
  return POLICY_DEFAULTS[name]
}

export function withPolicyValue(policy: Policy, name: string, value: number): Policy {
  return sortedPolicy([...policy.filter(([entryName]) => entryName !== name), [name, value]])
}

/** Whether an entry may stand: a text, an integer, and within bounds where the name is known. */
export function isPolicyEntry(name: Cbor | undefined, value: Cbor | undefined): boolean {
  if (!isText(name, POLICY_NAME_MAX) || typeof value !== 'number') return false
  const bounds = Object.hasOwn(BOUNDS, name) ? BOUNDS[name as PolicyName] : null
  return bounds === null || (value >= bounds[0] && value <= bounds[1])
}

export function policyFromCbor(value: Cbor | undefined): Policy | null {
  const entries = asList(value, POLICY_ENTRIES_MAX)
  if (entries === null) return null
  const policy: [string, number][] = []
  for (const entry of entries) {
    const slots = asArray(entry, 2)
    if (slots === null || !isPolicyEntry(slots[0], slots[1])) return null
    policy.push([slots[0] as string, slots[1] as number])
  }
  for (let i = 1; i < policy.length; i++) if (compareNames(policy[i - 1]![0], policy[i]![0]) >= 0) return null
  return policy
}

/** What a snapshot names as the rules under which it was made. */
export function policyHash(crypto: Crypto, chainId: ChainId, policy: Policy): Uint8Array {
  return labelHash(crypto, 'consilium/policy/1', chainId, encode(policy))
}

function sortedPolicy(entries: readonly (readonly [string, number])[]): Policy {
  return [...entries].sort((a, b) => compareNames(a[0], b[0]))
}

function compareNames(a: string, b: string): number {
  return compareBytes(utf8Encode(a), utf8Encode(b))
}
