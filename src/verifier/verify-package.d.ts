/** Types of verify-package.js for those that call it from the application; the file itself needs no compiler. */

export interface CheckLine {
  readonly id: string
  readonly ok: boolean
  readonly text: string
  readonly detail: string | null
}
/** A released number with its 95 % interval, as texts; value null where it was withheld. */
export interface ResultLine {
  readonly name: string
  readonly value: string | null
  readonly low: string | null
  readonly high: string | null
}
export interface Difference {
  /** Of result.csv, from 1. */
  readonly line: number
  readonly name: string | null
  readonly written: string | null
  readonly attested: string | null
}
export interface ProtocolDifference {
  readonly path: string
  readonly planned: unknown
  readonly run: unknown
}
export interface PackageStudy {
  readonly question: Readonly<Record<string, unknown>>
  readonly label: string
  readonly askedBy: string
  readonly askedOn: string
  readonly chargeMicroRho: number
  readonly studyHash: string
  /** Hospitals that signed the answer, by name. */
  readonly same: readonly string[]
  /** Those that signed another one, or that the chain names for one: `NAME (suspended)`. */
  readonly otherwise: readonly string[]
  readonly recomputations: readonly {
    readonly on: string
    readonly askedBy: string
    readonly outcome: string
    readonly same: readonly string[]
    readonly otherwise: readonly string[]
    readonly studyHash: string
    readonly resultHash: string
    /** Where it differs and the package says so: names of the numbers. */
    readonly cells: readonly string[]
  }[]
  readonly reviews: readonly { readonly by: string; readonly on: string; readonly verdict: string }[]
}
export interface PackageReport {
  readonly format: 'consilium-package-check/1'
  readonly ok: boolean
  readonly chainId: string | null
  readonly consortium: string | null
  readonly checks: readonly CheckLine[]
  readonly study: PackageStudy | null
  readonly lines: readonly ResultLine[]
  readonly differences: readonly Difference[]
  readonly protocolDifferences: readonly ProtocolDifference[]
}
export interface Claim {
  readonly name: string
  readonly value: string
}
export interface ComparedClaim extends Claim {
  readonly attested: string | null
  readonly verdict: 'same' | 'differs' | 'withheld' | 'no-such-cell' | 'no-number'
}

export const UNITS: Readonly<Record<string, string>>
export const LEVELS: Readonly<Record<string, readonly string[]>>
export function verifyPackage(
  files: ReadonlyMap<string, Uint8Array>,
  expectedChainId?: string | null,
): Promise<PackageReport>
export function filesOfZip(zip: Uint8Array): Promise<Map<string, Uint8Array>>
export function linesOfAnswer(answer: Uint8Array, requestBytes: Uint8Array): ResultLine[]
export function csvOfLines(lines: readonly ResultLine[]): string
export function differencesOf(text: string, lines: readonly ResultLine[]): Difference[]
export function compareClaims(lines: readonly ResultLine[], claims: readonly Claim[]): ComparedClaim[]
export function protocolDifferences(planned: unknown, run: unknown): ProtocolDifference[]
export function questionOfDocument(document: Uint8Array, studyText?: string | null): Record<string, unknown>
