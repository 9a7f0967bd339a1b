import type { CodeListName } from '../../shared/contract/codes.ts'

/** URIs of the classifications that the built-in lists take their codes from. */
export const CODE_SYSTEMS: Readonly<Record<CodeListName, string>> = {
  diagnosis: 'http://hl7.org/fhir/sid/icd-10-cm',
  procedure: 'http://www.cms.gov/Medicare/Coding/ICD10',
  medicine: 'http://www.whocc.no/atc',
  department: 'https://twcore.mohw.gov.tw/ig/twcore/CodeSystem/medical-treatment-department-nhi-tw',
}
