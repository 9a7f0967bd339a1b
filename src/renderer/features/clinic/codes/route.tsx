import { IconListSearch } from '@tabler/icons-react'
import { lazy } from 'react'
import { go } from '../../../lib/router.ts'
import { rolesOfRoom } from '../../../../shared/contract/rights.ts'
import type { Route } from '../../../parts/route.ts'

export const route: Route = {
  room: 'codes',
  title: (t) => t.shell.rooms.codes,
  icon: IconListSearch,
  roles: rolesOfRoom('codes'),
  Page: lazy(async () => ({ default: (await import('./CodesPage.tsx')).CodesPage })),
  actions: [
    { id: 'codes-import', label: (t) => t.codes.importTitle, run: () => go('codes', 'import') },
    { id: 'codes-work', label: (t) => t.codes.workTitle, run: () => go('codes', 'work') },
  ],
}
