/** Every service and event of the contract, by name. */
import { access, accessEvents } from './access.ts'
import { app, appEvents } from './app.ts'
import { audit, auditEvents } from './audit.ts'
import { chain } from './chain.ts'
import { checks } from './checks.ts'
import { codes } from './codes.ts'
import { cleaning } from './cleaning.ts'
import { cohortEvents, cohorts } from './cohorts.ts'
import { erasureEvents, erasures } from './erasures.ts'
import { exposures } from './exposures.ts'
import { governance, governanceEvents } from './governance.ts'
import { imports } from './imports.ts'
import { jobEvents, jobs } from './jobs.ts'
import { joining } from './joining.ts'
import type { Client, Emit, Handlers } from './kit.ts'
import { monitor } from './monitor.ts'
import { models } from './models.ts'
import { node, nodeEvents } from './node.ts'
import { pathways } from './pathways.ts'
import { patientEvents, patients } from './patients.ts'
import { pricing } from './pricing.ts'
import { proofs } from './proofs.ts'
import { people, peopleEvents } from './people.ts'
import { recordEvents, records } from './records.ts'
import { releases } from './releases.ts'
import { reviews } from './reviews.ts'
import { requestEvents, requests } from './requests.ts'
import { shareEvents, shares } from './shares.ts'
import { snapshots } from './snapshots.ts'
import { studies } from './studies.ts'
import { summaries } from './summaries.ts'
import { tables } from './tables.ts'
import { tariffEvents, tariffs } from './tariffs.ts'
import { templates } from './templates.ts'
import { upkeep } from './upkeep.ts'
import { workPlaceEvents, workPlaces } from './work-places.ts'

export const contract = {
  app,
  node,
  jobs,
  records,
  patients,
  people,
  chain,
  imports,
  models,
  cohorts,
  cleaning,
  pathways,
  studies,
  requests,
  exposures,
  monitor,
  checks,
  snapshots,
  releases,
  reviews,
  codes,
  governance,
  access,
  erasures,
  shares,
  joining,
  proofs,
  summaries,
  tables,
  pricing,
  tariffs,
  templates,
  upkeep,
  audit,
  workPlaces,
} as const
export type Contract = typeof contract

export const events = {
  app: appEvents,
  node: nodeEvents,
  jobs: jobEvents,
  records: recordEvents,
  patients: patientEvents,
  people: peopleEvents,
  governance: governanceEvents,
  access: accessEvents,
  erasures: erasureEvents,
  shares: shareEvents,
  audit: auditEvents,
  cohorts: cohortEvents,
  requests: requestEvents,
  tariffs: tariffEvents,
  workPlaces: workPlaceEvents,
} as const
export type Events = typeof events

/** All services as main serves them. */
export type AllHandlers = { [S in keyof Contract]: Handlers<Contract[S]> }
/** All services as the window calls them. */
export type AllClients = { [S in keyof Contract]: Client<Contract[S]> }
export type EmitEvent = Emit<Events>
