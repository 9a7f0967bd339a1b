/**
 * Every reason for which an import does not take something, or takes it although it is unusual. Message catalogues cover
 * them one by one; a test holds the lists against the code of the readers.
 */

export const REJECT_REASONS = [
  /* the file, or one line of it */
  'file-not-readable',
  'file-too-large',
  'not-utf8',
  'not-json',
  'too-deep',
  'wrong-resource-type',
  'no-resource-type',
  'empty-bundle',
  'entry-without-resource',
  'bundle-without-patient',
  'workbook-not-readable',
  'table-needs-mapping',
  'table-not-in-mapping',
  /* one row or cell of a table */
  'text-not-readable',
  'columns-shifted',
  'row-repeated',
  'time-malformed',
  'value-not-readable',
  'word-not-known',
  'code-turned-into-number',
  /* one resource */
  'text-nul',
  'text-lone-surrogate',
  'duplicate-key',
  'no-patient',
  'subject-is-no-patient',
  'unresolved-reference',
  'no-code',
  'no-date',
  'date-does-not-exist',
  'date-malformed',
  'not-part-of-a-visit',
  'document-not-kept',
  /* a part of a resource or visit */
  'too-many-in-one-visit',
  'too-many-claim-lines',
  'amount-too-large',
  'visit-not-mappable',
] as const

export const WARNING_REASONS = [
  'amount-rounded',
  'attached-by-time',
  'diagnosis-not-icd10',
  'discharge-before-admission',
  'encounter-class-not-known',
  'encounter-not-found',
  'encounter-of-another-patient',
  'encounter-status-not-known',
  'further-codings-of-value',
  'further-dosage-instructions',
  'further-reference-ranges',
  'medicine-not-resolved',
  'moved-between-payers',
  'no-birth-date',
  'no-discharge',
  'no-dosage',
  'no-encounter',
  'no-sex',
  'no-unit',
  'number-in-quotes',
  'number-not-readable',
  'number-too-long',
  'partial-date-completed',
  'patient-rows-differ',
  'report-of-results-taken-singly',
  'row-says-nothing-new',
  'sampled-data-as-text',
  'several-currencies',
  'social-finding-is-no-diagnosis',
  'status-not-known',
  'text-instead-of-number',
  'text-shortened',
  'thousands-separator',
  'time-without-offset',
  'unit-beside-text',
  'unit-not-known',
] as const

export type RejectReason = (typeof REJECT_REASONS)[number]
export type WarningReason = (typeof WARNING_REASONS)[number]
