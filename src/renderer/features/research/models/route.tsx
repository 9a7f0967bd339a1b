import { IconChartDots } from '@tabler/icons-react'
import { lazy } from 'react'
import type { Route } from '../../../parts/route.ts'

export const route: Route = {
  room: 'models',
  title: (t) => t.shell.rooms.models,
  icon: IconChartDots,
  roles: ['researcher', 'analyst'],
  Page: lazy(async () => ({ default: (await import('./Models.tsx')).Models })),
}
