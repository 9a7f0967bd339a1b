import { IconClipboardCheck } from '@tabler/icons-react'
import { lazy } from 'react'
import { rolesOfRoom } from '../../../../shared/contract/rights.ts'
import type { Route } from '../../../parts/route.ts'

export const route: Route = {
  room: 'checks',
  title: (t) => t.shell.rooms.checks,
  icon: IconClipboardCheck,
  roles: rolesOfRoom('checks'),
  isOfHospitals: true,
  Page: lazy(async () => ({ default: (await import('./Checks.tsx')).Checks })),
}
