import { IconCoins } from '@tabler/icons-react'
import { lazy } from 'react'
import { rolesOfRoom } from '../../../../shared/contract/rights.ts'
import type { Route } from '../../../parts/route.ts'

export const route: Route = {
  room: 'pricing',
  title: (t) => t.shell.rooms.pricing,
  icon: IconCoins,
  roles: rolesOfRoom('pricing'),
  showsNoPatient: true,
  Page: lazy(async () => ({ default: (await import('./Pricing.tsx')).Pricing })),
}
