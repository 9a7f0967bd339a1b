import { IconTimeline } from '@tabler/icons-react'
import { lazy } from 'react'
import { rolesOfRoom } from '../../../../shared/contract/rights.ts'
import type { Route } from '../../../parts/route.ts'

export const route: Route = {
  room: 'pathways',
  title: (t) => t.shell.rooms.pathways,
  icon: IconTimeline,
  roles: rolesOfRoom('pathways'),
  showsNoPatient: true,
  Page: lazy(async () => ({ default: (await import('./Pathways.tsx')).Pathways })),
}
