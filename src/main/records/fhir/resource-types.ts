/** What becomes of each FHIR R4 resource type at import. */

/** Become parts of a visit. */
export const VISIT_PARTS = new Set([
  'Observation',
  'Condition',
  'Procedure',
  'ImagingStudy',
  'MedicationRequest',
  'MedicationDispense',
  'MedicationAdministration',
  'MedicationStatement',
  'Immunization',
  'Claim',
  'ExplanationOfBenefit',
  'DiagnosticReport',
])

/** Give other resources their names, kinds and dates, and are no part of a visit themselves. */
export const CONTEXT_TYPES = new Set([
  'Organization',
  'Practitioner',
  'PractitionerRole',
  'Location',
  'Medication',
  'Coverage',
  'Consent',
  'Specimen',
])

/** All other types of R4; anything else is no FHIR resource. */
const OTHER_TYPES = new Set(
  (
    'Account ActivityDefinition AdverseEvent AllergyIntolerance Appointment AppointmentResponse AuditEvent Basic Binary ' +
    'BiologicallyDerivedProduct BodyStructure Bundle CapabilityStatement CarePlan CareTeam CatalogEntry ChargeItem ' +
    'ChargeItemDefinition ClaimResponse ClinicalImpression CodeSystem Communication CommunicationRequest ' +
    'CompartmentDefinition Composition ConceptMap Contract CoverageEligibilityRequest CoverageEligibilityResponse ' +
    'DetectedIssue Device DeviceDefinition DeviceMetric DeviceRequest DeviceUseStatement ' +
    'DocumentManifest DocumentReference EffectEvidenceSynthesis Endpoint EnrollmentRequest EnrollmentResponse ' +
    'EpisodeOfCare EventDefinition Evidence EvidenceVariable ExampleScenario FamilyMemberHistory Flag Goal ' +
    'GraphDefinition Group GuidanceResponse HealthcareService ImmunizationEvaluation ImmunizationRecommendation ' +
    'ImplementationGuide InsurancePlan Invoice Library Linkage List Measure MeasureReport Media MedicationKnowledge ' +
    'MedicinalProduct MessageDefinition MessageHeader MolecularSequence NamingSystem NutritionOrder ' +
    'ObservationDefinition OperationDefinition OperationOutcome OrganizationAffiliation Parameters PaymentNotice ' +
    'PaymentReconciliation Person PlanDefinition Provenance Questionnaire QuestionnaireResponse RelatedPerson ' +
    'RequestGroup ResearchDefinition ResearchElementDefinition ResearchStudy ResearchSubject RiskAssessment ' +
    'RiskEvidenceSynthesis Schedule SearchParameter ServiceRequest Slot SpecimenDefinition StructureDefinition ' +
    'StructureMap Subscription Substance SupplyDelivery SupplyRequest Task TerminologyCapabilities TestReport ' +
    'TestScript ValueSet VerificationResult VisionPrescription'
  ).split(' '),
)

/** Why a resource that becomes no part of a visit is not taken. */
export function refusalOfType(type: string): string {
  if (type === 'DocumentReference' || type === 'Binary' || type === 'Media') return 'document-not-kept'
  return OTHER_TYPES.has(type) ? 'not-part-of-a-visit' : 'wrong-resource-type'
}
