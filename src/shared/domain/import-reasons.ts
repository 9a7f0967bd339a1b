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
  /* messages of HL7 v2 */
  'not-hl7',
  'charset-not-known',
  'text-not-decodable',
  'message-type-not-taken',
  'message-for-testing',
  'several-patients',
  'no-visit',
  'no-result',
  'segment-malformed',
  'segment-not-taken',
  'batch-count-differs',
  'visit-of-another-patient',
  /* a part of a resource or visit */
  'too-many-in-one-visit',
  'too-many-claim-lines',
  'amount-too-large',
  'visit-not-mappable',
] as const

export const WARNING_REASONS = [
  'admission-from-event',
  'amount-rounded',
  'attached-by-time',
  'discharge-before-admission',
  'encounter-class-not-known',
  'encounter-not-found',
  'encounter-of-another-patient',
  'encounter-status-not-known',
  'further-codings-of-value',
  'further-dosage-instructions',
  'further-reference-ranges',
  'medicine-not-resolved',
  'no-birth-date',
  'no-discharge',
  'no-dosage',
  'no-encounter',
  'no-sex',
  'no-unit',
  'no-visit-number',
  'number-in-quotes',
  'number-not-read',
  'number-too-long',
  'offset-of-this-hospital',
  'partial-date-completed',
  'report-of-results-taken-singly',
  'sampled-data-as-text',
  'several-currencies',
  'social-finding-is-no-diagnosis',
  'status-not-known',
  'text-shortened',
  'time-without-offset',
  'value-type-as-text',
  'visit-from-results',
] as const

export type RejectReason = (typeof REJECT_REASONS)[number]
export type WarningReason = (typeof WARNING_REASONS)[number]
