/** Rules of the outcome and of claims. */
import type { Add, CheckContext, CheckedVisit, Stay, VisitRule } from './rules.ts'

export function checkOutcome(visit: CheckedVisit, context: CheckContext, stay: Stay, add: Add): void {
  const { outcome, encounter } = visit
  const isExpired = encounter.dischargeDisposition === 'exp'
  if (
    (outcome?.deathInHospital === true && !isExpired && encounter.dischargeDisposition !== undefined) ||
    (isExpired && outcome?.deathInHospital === false)
  ) {
    const params = { value: encounter.dischargeDisposition ?? '' }
    add('outcome.deathInHospital', 'death-and-disposition-differ', 'confirm', params)
  }
  // Whoever confirms it has the date of death written into the hospital's table with the visit.
  if (
    context.mode === 'form' &&
    context.patient.deathDate === undefined &&
    (isExpired || outcome?.deathInHospital === true)
  ) {
    const value = (encounter.discharge?.at ?? encounter.admission.at).slice(0, 10)
    add('outcome.deathInHospital', 'death-proposed', 'confirm', { value })
  }
  if (outcome === undefined || stay.nights === null || stay.nights < 0) return
  for (const field of ['icuDays', 'ventilatorDays'] as const) {
    const days = outcome[field]
    if (days !== undefined && days > stay.nights + 1) {
      add(`outcome.${field}`, 'days-exceed-stay', 'confirm', {
        value: String(days),
        limit: String(stay.nights + 1),
      })
    }
  }
}

export function checkClaims(visit: CheckedVisit, context: CheckContext, add: Add): void {
  const ranks = new Set(visit.diagnoses.map((each) => each.rank))
  visit.claims.forEach((claim, index) => {
    const path = `claims.${index}`
    const isReversal = claim.reverses !== undefined
    const amounts = [
      'billedMinor',
      'allowedMinor',
      'paidByPayerMinor',
      'paidByPatientMinor',
      'copayMinor',
      'deductibleMinor',
    ] as const
    for (const field of amounts) {
      const value = claim[field]
      if (value === undefined) continue
      if (!isReversal && value < 0)
        add(`${path}.${field}`, 'negative-amount', 'refuse', { value: String(value) })
      if (isReversal && value > 0)
        add(`${path}.${field}`, 'reversal-not-negative', 'refuse', { value: String(value) })
    }
    // A reversal mirrors its claim, so its sizes are compared without the sign.
    const size = (value: number | undefined) => (value === undefined ? undefined : Math.abs(value))
    const billed = size(claim.billedMinor)
    const allowed = size(claim.allowedMinor)
    const byPayer = size(claim.paidByPayerMinor)
    const byPatient = size(claim.paidByPatientMinor)
    const warn = (field: string, rule: VisitRule, value: number, limit: number) =>
      add(`${path}.${field}`, rule, 'confirm', { value: String(value), limit: String(limit) })
    if (allowed !== undefined && billed !== undefined && allowed > billed) {
      warn('allowedMinor', 'allowed-exceeds-billed', allowed, billed)
    }
    if (byPayer !== undefined && allowed !== undefined && byPayer > allowed) {
      warn('paidByPayerMinor', 'paid-exceeds-allowed', byPayer, allowed)
    } else if (byPayer !== undefined && byPatient !== undefined && allowed !== undefined) {
      if (byPayer + byPatient !== allowed) {
        warn('paidByPatientMinor', 'payments-differ-from-allowed', byPayer + byPatient, allowed)
      }
    }
    const nets = claim.lines.map((line) => line.netMinor).filter((net) => net !== undefined)
    if (nets.length > 0 && nets.length === claim.lines.length && claim.billedMinor !== undefined) {
      const sum = nets.reduce((total, net) => total + net, 0)
      if (Math.abs(sum - claim.billedMinor) > 1)
        warn('lines', 'lines-differ-from-billed', sum, claim.billedMinor)
    }
    if (context.currency !== undefined && claim.currency !== context.currency) {
      add(
        `${path}.currency`,
        'currency-unusual',
        'confirm',
        { value: claim.currency, limit: context.currency },
        context.currency,
      )
    }
    claim.lines.forEach((line, lineIndex) => {
      for (const rank of line.diagnosisRanks) {
        if (!ranks.has(rank)) {
          add(`${path}.lines.${lineIndex}.diagnosisRanks`, 'line-points-nowhere', 'refuse', {
            value: String(rank),
          })
        }
      }
    })
  })
}
