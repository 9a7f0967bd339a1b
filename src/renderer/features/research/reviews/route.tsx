import { IconFileCheck } from '@tabler/icons-react'
import { lazy } from 'react'
import { rolesOfRoom } from '../../../../shared/contract/rights.ts'
import type { Route } from '../../../parts/route.ts'

export const route: Route = {
  room: 'reviews',
  title: (t) => t.shell.rooms.reviews,
  icon: IconFileCheck,
  roles: rolesOfRoom('reviews'),
  showsNoPatient: true,
  Page: lazy(async () => ({ default: (await import('./Reviews.tsx')).Reviews })),
}
