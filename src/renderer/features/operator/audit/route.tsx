import { IconFileCheck } from '@tabler/icons-react'
import { lazy } from 'react'
import { rolesOfRoom } from '../../../../shared/contract/rights.ts'
import { go } from '../../../lib/router.ts'
import type { Route } from '../../../parts/route.ts'

export const route: Route = {
  room: 'audit',
  title: (t) => t.shell.rooms.audit,
  icon: IconFileCheck,
  roles: rolesOfRoom('audit'),
  Page: lazy(async () => ({ default: (await import('./Audit.tsx')).Audit })),
  actions: [{ id: 'verify-audit', label: (t) => t.audit.verifying, run: () => go('audit', 'verify') }],
}
