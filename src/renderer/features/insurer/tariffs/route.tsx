import { IconFileDollar } from '@tabler/icons-react'
import { lazy } from 'react'
import { rolesOfRoom } from '../../../../shared/contract/rights.ts'
import type { Route } from '../../../parts/route.ts'

export const route: Route = {
  room: 'tariffs',
  title: (t) => t.shell.rooms.tariffs,
  icon: IconFileDollar,
  roles: rolesOfRoom('tariffs'),
  showsNoPatient: true,
  Page: lazy(async () => ({ default: (await import('./Tariffs.tsx')).Tariffs })),
}
