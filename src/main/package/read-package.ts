/** A package of a file, checked by the program that travels in it (src/verifier), in the form of the contract. */
import type { PackageReport } from '../../shared/contract/reviews.ts'
import { filesOfZip, verifyPackage } from '../../verifier/verify-package.js'
import type { Bytes } from '../../shared/std/bytes.ts'

/** Larger than any study: what a person chose by mistake is not read. */
export const PACKAGE_BYTES_MAX = 64 << 20

/** Null for what is no package at all; a package that does not hold is a report that says what fails. */
export async function readPackage(bytes: Bytes): Promise<PackageReport | null> {
  let files: Map<string, Bytes>
  try {
    files = await filesOfZip(bytes)
  } catch {
    return null
  }
  if (!files.has('proof.cbor') || !files.has('document.cbor')) return null
  const { ok, chainId, consortium, checks, study, lines, differences, protocolDifferences } =
    await verifyPackage(files)
  return {
    ok,
    chainId,
    consortium,
    checks: checks.map(({ id, ok: holds, detail }) => ({ id, ok: holds, detail })),
    study: study === null ? null : studyOf(study),
    lines: [...lines],
    differences: [...differences],
    protocolDifferences: protocolDifferences.map(({ path, planned, run }) => ({
      path,
      planned: JSON.stringify(planned),
      run: JSON.stringify(run),
    })),
  }
}

function studyOf(
  study: NonNullable<Awaited<ReturnType<typeof verifyPackage>>['study']>,
): NonNullable<PackageReport['study']> {
  const { question, label, askedBy, askedOn, chargeMicroRho, studyHash, recomputations, reviews } = study
  return {
    question: JSON.stringify(question, null, 2),
    title: String(question['title']),
    purpose: String(question['purpose']),
    lane: question['lane'] === 'automatic' ? 'automatic' : 'by rule',
    label,
    chargeMicroRho,
    askedBy,
    askedOn,
    studyHash,
    same: [...study.same],
    otherwise: [...study.otherwise],
    recomputations: recomputations.map(({ on, askedBy: by, outcome, cells, same, otherwise }) => ({
      on,
      askedBy: by,
      outcome,
      same: [...same],
      otherwise: [...otherwise],
      cells: [...cells],
    })),
    reviews: [...reviews],
  }
}
