import { IconArrowsExchange } from '@tabler/icons-react'
import { lazy } from 'react'
import { go } from '../../../lib/router.ts'
import { rolesOfRoom } from '../../../../shared/contract/rights.ts'
import type { Route } from '../../../parts/route.ts'

export const route: Route = {
  room: 'imports',
  title: (t) => t.shell.rooms.imports,
  icon: IconArrowsExchange,
  roles: rolesOfRoom('imports'),
  Page: lazy(async () => ({ default: (await import('./ImportExport.tsx')).ImportExport })),
  actions: [
    { id: 'import', label: (t) => t.shell.importFiles, run: () => go('imports') },
    { id: 'export', label: (t) => t.imports.exportTitle, run: () => go('imports') },
  ],
}
