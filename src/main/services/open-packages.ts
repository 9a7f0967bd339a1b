/** Study packages that a caller has open: what was found of them, and the question's document, which a recomputation needs. */
import type { PackageReport } from '../../shared/contract/reviews.ts'
import type { Bytes } from '../../shared/std/bytes.ts'
import type { ServiceContext } from './context.ts'

export interface OpenPackage {
  readonly report: PackageReport
  /** As the package has it; the report says whether it opens the commitment of a study of the chain. */
  readonly document: Bytes
}

const packages = new WeakMap<ServiceContext, Map<string, OpenPackage>>()

/** By the hash of the file, hex; the oldest first. */
export function openPackagesOf(context: ServiceContext): Map<string, OpenPackage> {
  const known = packages.get(context)
  if (known !== undefined) return known
  const fresh = new Map<string, OpenPackage>()
  packages.set(context, fresh)
  return fresh
}
