/** All services that stand on an open profile, for one caller. */
import type { AllHandlers } from '../../shared/contract/index.ts'
import type { FinalSegment } from '../node/node.ts'
import { createAuditCore } from './audit-service.ts'
import { createAuditDesk } from './audit-desk.ts'
import { createAccessService } from './access-service.ts'
import { createChainService } from './chain-service.ts'
import { createChecksService } from './checks-service.ts'
import { createCodesService } from './codes-service.ts'
import { createCleaningService } from './cleaning-service.ts'
import { createCohortsService } from './cohorts-service.ts'
import { nodeOf, profileOf, type ServiceContext } from './context.ts'
import { createErasuresService } from './erasures-service.ts'
import { createExposuresService } from './exposures-service.ts'
import { createGovernanceService } from './governance-service.ts'
import { createImportsService, type ImportsService } from './imports-service.ts'
import { createModelsService } from './models-service.ts'
import { createPricingSources } from '../insurer/pricing-sources.ts'
import { createPricer } from '../workers/pricing.ts'
import { createPricingService } from './pricing-service.ts'
import { createTariffsCore } from './tariffs-service.ts'
import { createTariffsDesk } from './tariffs-desk.ts'
import { createMonitorService } from './monitor-service.ts'
import { createPathwaysService } from './pathways-service.ts'
import { createPatientsService } from './patients-service.ts'
import { createProofsCore } from './proofs-service.ts'
import { createProofsDesk } from './proofs-desk.ts'
import { createReviewsCore } from './reviews-service.ts'
import { createReviewsDesk } from './reviews-desk.ts'
import { createPeopleService } from './people-service.ts'
import { createRequestsService } from './requests-service.ts'
import { createReleasesCore } from './releases-service.ts'
import { createReleasesDesk } from './releases-desk.ts'
import { createRecordsService } from './records-service.ts'
import { createSharesService } from './shares-service.ts'
import { createSnapshotsService } from './snapshots-service.ts'
import { statusWithoutNode } from './node-status.ts'
import { createSummaryCore } from './summaries-service.ts'
import { createSummaryDesk } from './summary-desk.ts'
import { createStudiesService } from './studies-service.ts'
import { createTablesService } from './tables-service.ts'
import { createTemplatesService } from './templates-service.ts'
import { createUpkeepService } from './upkeep-service.ts'
import { createWorkPlacesService } from './work-places-service.ts'

export interface ProfileServices {
  readonly handlers: Omit<AllHandlers, 'app' | 'joining'>
  readonly imports: ImportsService
  onFinal(segment: FinalSegment): void
  /** Ends what the services hold beside the profile. */
  close(): Promise<void>
}

export function createProfileServices(context: ServiceContext): ProfileServices {
  const records = createRecordsService(context)
  const codes = createCodesService(context, records)
  const imports = createImportsService(context)
  const models = createModelsService(context)
  const pricer = createPricer()
  const sources = createPricingSources(context.world, () => nodeOf(context))
  const studies = createStudiesService(context)
  return {
    handlers: {
      node: {
        status: async () => {
          const profile = profileOf(context)
          return profile.node?.status ?? statusWithoutNode(profile)
        },
      },
      jobs: context.jobs.handlers,
      records: { ...records.handlers, submit: codes.noting(records.handlers.submit) },
      patients: createPatientsService(context),
      people: createPeopleService(context),
      chain: createChainService(context),
      imports: imports.handlers,
      governance: createGovernanceService(context),
      access: createAccessService(context),
      erasures: createErasuresService(context),
      shares: createSharesService(context),
      models: models.handlers,
      cohorts: createCohortsService(context),
      cleaning: createCleaningService(context),
      pathways: createPathwaysService(context),
      studies,
      requests: createRequestsService(context),
      exposures: createExposuresService(context),
      monitor: createMonitorService(context),
      checks: createChecksService(context),
      snapshots: createSnapshotsService(context),
      releases: createReleasesDesk(context.desktop, createReleasesCore(context), studies.intervals),
      codes: codes.handlers,
      reviews: createReviewsDesk(context.desktop, createReviewsCore(context)),
      proofs: createProofsDesk(context.desktop, createProofsCore(context)),
      summaries: createSummaryDesk(context.desktop, createSummaryCore(context)),
      tables: createTablesService(context),
      pricing: createPricingService(context, sources, pricer),
      tariffs: createTariffsDesk(context.desktop, createTariffsCore(context, sources, pricer)),
      templates: createTemplatesService(context),
      upkeep: createUpkeepService(context),
      audit: createAuditDesk(context.desktop, createAuditCore(context)),
      workPlaces: createWorkPlacesService(context),
    },
    imports,
    onFinal: (segment) => records.onFinal(segment),
    async close() {
      imports.close()
      await models.close()
      await pricer.close()
    },
  }
}
