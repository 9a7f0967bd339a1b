/** What is known to be allowed once a visit was taken back. */
import { narrowerConsent, type Consent } from '../../shared/domain/consent.ts'
import { fromHex } from '../../shared/std/bytes.ts'
import type { OwnVisit } from '../patients/own-visits.ts'
import { openOwnRecord, type OpeningDesk } from './open-own-record.ts'

/**
 * What the newest visit that is left says, where it allows no more than what was said: taking a visit back widens nothing.
 * @param said the consent of the person's row; undefined where nobody ever said one
 * @param left the newest visit that is left (`lastVisitOf`)
 * @param written consents of versions that are written together with this, by visit id
 */
export async function consentLeft(
  desk: OpeningDesk,
  said: Consent | undefined,
  left: OwnVisit | null,
  written: ReadonlyMap<string, Consent> = new Map(),
): Promise<Consent | undefined> {
  if (said === undefined || left === null) return said
  const known = written.get(left.visitId)
  if (known !== undefined) return narrowerConsent(known, said)
  const opened = await openOwnRecord(desk, fromHex(left.merkleRoot))
  return opened.kind === 'record' ? narrowerConsent(opened.record.patient.consent, said) : said
}
