/** Rules of diagnoses: one principal, well-formed codes, dates that can be. */
import { ICD10_SYSTEMS, isIcd10Code, normaliseIcd10, repairIcd10 } from './icd10.ts'
import { checkDate, swapInto, type Add, type CheckContext, type CheckedVisit, type Stay } from './rules.ts'

const FEMALE_DIAGNOSIS = /^(O|C5[1-8]|D06|D2[5-8]|N7[0-7]|N8[0-9]|N9[0-8]|Z3[2-9])/
const MALE_DIAGNOSIS = /^(C6[0-3]|D29|D40|N4[0-9]|N5[0-3])/
// Contraception and reproduction concern both sexes, hypertrophy of the breast too.
const NOT_FEMALE_ONLY = /^(Z3[0-1]|N6|Z38)/

export function checkDiagnoses(visit: CheckedVisit, context: CheckContext, stay: Stay, add: Add): void {
  const isForm = context.mode === 'form'
  const { encounter, diagnoses } = visit
  const principals = diagnoses.filter((each) => each.role === 'principal' && each.verification !== 'refuted')
  if (isForm && encounter.status === 'finished' && principals.length !== 1) {
    add('diagnoses', 'one-principal-diagnosis', 'refuse', { value: String(principals.length) })
  }
  const ranks = new Set<number>()
  const codes = new Set<string>()
  diagnoses.forEach((diagnosis, index) => {
    const path = `diagnoses.${index}`
    const { code } = diagnosis
    if (ranks.has(diagnosis.rank))
      add(`${path}.rank`, 'rank-repeated', 'refuse', { value: String(diagnosis.rank) })
    ranks.add(diagnosis.rank)
    const name = `${code.system}|${code.code}`
    if (codes.has(name)) add(`${path}.code`, 'diagnosis-repeated', 'confirm', { value: code.code })
    codes.add(name)
    if (ICD10_SYSTEMS.includes(code.system)) {
      if (!isIcd10Code(code.code)) {
        const better = repairIcd10(code.code)
        add(`${path}.code`, 'code-malformed', 'refuse', { value: code.code }, better ?? undefined)
      } else {
        const plain = normaliseIcd10(code.code)
        if (
          context.isListed !== undefined &&
          diagnosis.unlisted !== true &&
          !context.isListed(code.system, plain)
        ) {
          add(`${path}.code`, 'code-unlisted', 'confirm', { value: code.code })
        }
        const { sex } = context.patient
        const isOdd =
          (sex === 'male' && FEMALE_DIAGNOSIS.test(plain) && !NOT_FEMALE_ONLY.test(plain)) ||
          (sex === 'female' && MALE_DIAGNOSIS.test(plain))
        if (isOdd) add(`${path}.code`, 'unusual-for-sex', 'confirm', { value: code.code, sex })
      }
    }
    const onset = checkDate(diagnosis.onset, `${path}.onset`, context, stay, add)
    const abatement = checkDate(diagnosis.abatement, `${path}.abatement`, context, stay, add)
    if (onset !== null && abatement !== null && abatement.last < onset.first) {
      const params = { value: diagnosis.abatement!, limit: diagnosis.onset! }
      add(
        `${path}.abatement`,
        'abatement-before-onset',
        'refuse',
        params,
        swapInto(diagnosis.abatement!, onset.first, context.today + 1),
      )
    }
    if (isForm && encounter.class === 'IMP' && diagnosis.presentOnAdmission === undefined) {
      add(`${path}.presentOnAdmission`, 'required', 'confirm', { field: 'presentOnAdmission', value: '' })
    }
  })
}
