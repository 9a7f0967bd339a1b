import { IconFilterCog } from '@tabler/icons-react'
import { lazy } from 'react'
import { rolesOfRoom } from '../../../../shared/contract/rights.ts'
import type { Route } from '../../../parts/route.ts'

export const route: Route = {
  room: 'cleaning',
  title: (t) => t.shell.rooms.cleaning,
  icon: IconFilterCog,
  roles: rolesOfRoom('cleaning'),
  // But examples of records, which say so themselves (lib/of-patients.ts).
  showsNoPatient: true,
  Page: lazy(async () => ({ default: (await import('./Cleaning.tsx')).Cleaning })),
}
