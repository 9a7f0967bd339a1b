import { IconChartDots } from '@tabler/icons-react'
import { lazy } from 'react'
import { rolesOfRoom } from '../../../../shared/contract/rights.ts'
import type { Route } from '../../../parts/route.ts'

export const route: Route = {
  room: 'models',
  title: (t) => t.shell.rooms.models,
  icon: IconChartDots,
  roles: rolesOfRoom('models'),
  showsNoPatient: true,
  Page: lazy(async () => ({ default: (await import('./Models.tsx')).Models })),
}
