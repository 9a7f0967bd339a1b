/** The rooms that exist, in the order of the navigation. */
import type { Role } from '../../shared/contract/app.ts'
import { route as codes } from '../features/clinic/codes/route.tsx'
import { route as imports } from '../features/clinic/import/route.tsx'
import { route as patients } from '../features/clinic/patients/route.tsx'
import { route as record } from '../features/clinic/record-entry/route.tsx'
import { route as home } from '../features/home/route.tsx'
import { route as groups } from '../features/insurer/groups/route.tsx'
import { route as audit } from '../features/operator/audit/route.tsx'
import { route as chain } from '../features/operator/chain-explorer/route.tsx'
import { route as network } from '../features/operator/network/route.tsx'
import { route as checks } from '../features/research/checks/route.tsx'
import { route as cleaning } from '../features/research/cleaning/route.tsx'
import { route as cohorts } from '../features/research/cohorts/route.tsx'
import { route as models } from '../features/research/models/route.tsx'
import { route as pathways } from '../features/research/pathways/route.tsx'
import { route as question } from '../features/research/question/route.tsx'
import { route as pricing } from '../features/insurer/pricing/route.tsx'
import { route as tariffs } from '../features/insurer/tariffs/route.tsx'
import { route as reviews } from '../features/research/reviews/route.tsx'
import { route as requests } from '../features/research/requests/route.tsx'
import { route as settings } from '../features/settings/route.tsx'
import type { Route } from '../parts/route.ts'

type MemberKind = 'hospital' | 'university' | 'insurer'

export const rooms: readonly Route[] = [
  home,
  record,
  patients,
  chain,
  question,
  cohorts,
  cleaning,
  pathways,
  models,
  requests,
  checks,
  reviews,
  groups,
  pricing,
  tariffs,
  imports,
  codes,
  network,
  audit,
  settings,
]

/** @param kind of the institution, where it is known */
export const mayEnter = (route: Route, roles: readonly Role[], kind?: MemberKind): boolean =>
  (route.isOfHospitals !== true || kind === undefined || kind === 'hospital') &&
  (route.roles === 'everyone' || route.roles.some((role) => roles.includes(role)))
