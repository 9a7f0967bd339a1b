/** What a visit of a file says that does not go with what is known of the person. It is taken, and said. Pure. */
import { parsePartialDate, parseWhen } from '../../shared/domain/dates.ts'
import type { WarningReason } from '../../shared/domain/import-reasons.ts'
import type { VisitPatient } from '../../shared/domain/visit.ts'
import type { VisitPerson } from './intake.ts'

export interface KnownPerson {
  readonly sex: VisitPatient['sex']
  readonly deathDate?: string | undefined
}

/** @param known what this hospital knows, or other visits of the file; the visit's own word counts where it knows less */
export function unusualOf(
  visit: Pick<VisitPerson, 'admission' | 'sex' | 'deathDate'>,
  known: KnownPerson | null,
): WarningReason[] {
  const reasons: WarningReason[] = []
  const admission = parseWhen(visit.admission)
  const deathDate = known?.deathDate ?? visit.deathDate
  const death = deathDate === undefined ? null : parsePartialDate(deathDate)
  if (admission !== null && death !== null && admission.first > death.last) reasons.push('after-death')
  const isKnown = known !== null && known.sex !== 'unknown' && visit.sex !== 'unknown'
  if (isKnown && known.sex !== visit.sex) reasons.push('sex-differs')
  return reasons
}
