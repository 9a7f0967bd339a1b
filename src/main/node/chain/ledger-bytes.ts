/** The ledger of the state as bytes (record-format.md section 10). */
import type { Cbor } from './codec.ts'
import { asArray, isBytes, isCount, listOf, MEMBER_ID_BYTES, type ItemHash, type MemberId } from './ids.ts'
import { CHECKS_MAX, LEDGER_ROWS_MAX, LEDGER_STUDIES_MAX, OPEN_STUDIES_MAX } from './limits.ts'
import type { DayCharges, PrivacyLedger, StudyCharges } from './privacy-ledger.ts'
import type { OpenStudy, StudyCheck } from './state.ts'
import {
  chargeKindFromCbor,
  chargeKindToCbor,
  checkVerdictFromCbor,
  checkVerdictToCbor,
  classFromCbor,
  classToCbor,
  STUDY_ID_BYTES,
} from './study-items.ts'

export function ledgerToCbor(ledger: PrivacyLedger, openStudies: readonly OpenStudy[]): Cbor {
  return [
    ledger.lifetimeMicroRho,
    ledger.days.map((row) => [row.day, row.memberId, classToCbor(row.class), row.microRho]),
    ledger.studies.map((row) => [row.studyId, row.memberId, row.microRho, row.countCount, row.lastDay]),
    openStudies.map((study) => [
      study.studyHash,
      study.memberId,
      chargeKindToCbor(study.chargeKind),
      study.of,
      study.commitment,
      study.height,
      study.checkersMin,
      study.expiryDay,
      study.checks.map((check) => [check.memberId, check.proposalHash, checkVerdictToCbor(check.verdict)]),
    ]),
  ]
}

export function ledgerFromCbor(
  value: Cbor | undefined,
): { ledger: PrivacyLedger; openStudies: OpenStudy[] } | null {
  const slots = asArray(value, 4)
  if (slots === null || !isCount(slots[0])) return null
  const days = listOf(slots[1], LEDGER_ROWS_MAX, dayFromCbor)
  const studies = listOf(slots[2], LEDGER_STUDIES_MAX, studyFromCbor)
  const openStudies = listOf(slots[3], OPEN_STUDIES_MAX, openStudyFromCbor)
  return (
    days && studies && openStudies && { ledger: { lifetimeMicroRho: slots[0], days, studies }, openStudies }
  )
}

function dayFromCbor(value: Cbor): DayCharges | null {
  const slots = asArray(value, 4)
  const requesterClass = slots && classFromCbor(slots[2])
  if (!slots || !requesterClass || !isCount(slots[0]) || !isCount(slots[3])) return null
  if (!isBytes(slots[1], MEMBER_ID_BYTES)) return null
  return { day: slots[0], memberId: slots[1] as MemberId, class: requesterClass, microRho: slots[3] }
}

function studyFromCbor(value: Cbor): StudyCharges | null {
  const slots = asArray(value, 5)
  if (slots === null || !isBytes(slots[0], STUDY_ID_BYTES) || !isBytes(slots[1], MEMBER_ID_BYTES)) return null
  const [studyId, memberId, microRho, countCount, lastDay] = slots
  if (!isCount(microRho) || !isCount(countCount) || !isCount(lastDay)) return null
  return { studyId, memberId: memberId as MemberId, microRho, countCount, lastDay }
}

function openStudyFromCbor(value: Cbor): OpenStudy | null {
  const slots = asArray(value, 9)
  const chargeKind = slots && chargeKindFromCbor(slots[2])
  const checks = slots && listOf(slots[8], CHECKS_MAX, checkFromCbor)
  if (!slots || !chargeKind || !checks) return null
  const [studyHash, memberId, , of, commitment, height, checkersMin, expiryDay] = slots
  if (!isBytes(studyHash, 32) || !isBytes(memberId, MEMBER_ID_BYTES) || !isBytes(commitment, 32)) return null
  if (of !== null && !isBytes(of, 32)) return null
  if (!isCount(height) || !isCount(checkersMin) || !isCount(expiryDay)) return null
  return {
    studyHash: studyHash as ItemHash,
    memberId: memberId as MemberId,
    chargeKind,
    of: of as ItemHash | null,
    commitment,
    height,
    checkersMin,
    expiryDay,
    checks,
  }
}

function checkFromCbor(value: Cbor): StudyCheck | null {
  const slots = asArray(value, 3)
  const verdict = slots && checkVerdictFromCbor(slots[2])
  if (!slots || !verdict || !isBytes(slots[0], MEMBER_ID_BYTES) || !isBytes(slots[1], 32)) return null
  return { memberId: slots[0] as MemberId, proposalHash: slots[1], verdict }
}
