import { IconTopologyRing3 } from '@tabler/icons-react'
import { lazy } from 'react'
import { rolesOfRoom } from '../../../../shared/contract/rights.ts'
import type { Route } from '../../../parts/route.ts'

export const route: Route = {
  room: 'network',
  title: (t) => t.shell.rooms.network,
  icon: IconTopologyRing3,
  roles: rolesOfRoom('network'),
  Page: lazy(async () => ({ default: (await import('./Network.tsx')).Network })),
}
