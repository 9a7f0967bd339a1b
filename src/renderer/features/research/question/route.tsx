import { IconRoute } from '@tabler/icons-react'
import { lazy } from 'react'
import { rolesOfRoom } from '../../../../shared/contract/rights.ts'
import type { Route } from '../../../parts/route.ts'

export const route: Route = {
  room: 'question',
  title: (t) => t.shell.rooms.question,
  icon: IconRoute,
  roles: rolesOfRoom('question'),
  showsNoPatient: true,
  Page: lazy(async () => ({ default: (await import('./Question.tsx')).Question })),
}
