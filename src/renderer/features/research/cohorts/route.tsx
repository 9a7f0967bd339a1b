import { IconUsersGroup } from '@tabler/icons-react'
import { lazy } from 'react'
import { rolesOfRoom } from '../../../../shared/contract/rights.ts'
import type { Route } from '../../../parts/route.ts'

export const route: Route = {
  room: 'cohorts',
  title: (t) => t.shell.rooms.cohorts,
  icon: IconUsersGroup,
  roles: rolesOfRoom('cohorts'),
  showsNoPatient: true,
  Page: lazy(async () => ({ default: (await import('./Cohorts.tsx')).Cohorts })),
}
