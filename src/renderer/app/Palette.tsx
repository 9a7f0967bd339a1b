/** Every action by its words, on Ctrl/Cmd+K. */
import { Spotlight, type SpotlightActionGroupData } from '@mantine/spotlight'
import { IconBolt, IconSearch } from '@tabler/icons-react'
import type { Settings } from '../../shared/contract/app.ts'
import { node } from '../lib/node.ts'
import { go } from '../lib/router.ts'
import { saveSettings, session } from '../lib/session.ts'
import { tellFailure } from '../parts/FailureNote.tsx'
import type { Route } from '../parts/route.ts'
import { useWords } from '../words/catalogue.ts'
import { SEARCH_ID } from './search-id.ts'

interface Props {
  readonly rooms: readonly Route[]
  readonly isNarrow: boolean
  onSheet(): void
}

const change = (settings: Partial<Settings>) => () => {
  saveSettings(settings).catch(tellFailure)
}

export function Palette({ rooms, isNarrow, onSheet }: Props) {
  const t = useWords()
  const icon = <IconBolt size={16} stroke={1.6} aria-hidden />
  const groups: SpotlightActionGroupData[] = [
    {
      group: t.shell.actions,
      actions: rooms.flatMap((room) =>
        (room.actions ?? []).map((action) => ({
          id: action.id,
          label: action.label(t),
          leftSection: <room.icon size={16} stroke={1.6} aria-hidden />,
          rightSection: action.keys ? <span className="secondary">{action.keys}</span> : undefined,
          onClick: () => action.run(),
        })),
      ),
    },
    {
      group: t.shell.goTo,
      actions: rooms.map((room) => ({
        id: `room-${room.room}`,
        label: room.title(t),
        leftSection: <room.icon size={16} stroke={1.6} aria-hidden />,
        onClick: () => go(room.room),
      })),
    },
    {
      group: t.shell.rooms.settings,
      actions: [
        { id: 'locale-zh', label: t.shell.useChinese, onClick: change({ locale: 'zh-Hant' }) },
        { id: 'locale-en', label: t.shell.useEnglish, onClick: change({ locale: 'en' }) },
        { id: 'theme-light', label: t.shell.useLight, onClick: change({ theme: 'light' }) },
        { id: 'theme-dark', label: t.shell.useDark, onClick: change({ theme: 'dark' }) },
        { id: 'theme-system', label: t.shell.useSystemTheme, onClick: change({ theme: 'system' }) },
        {
          id: 'sheet',
          label: t.shell.shortcuts,
          rightSection: <span className="secondary">?</span>,
          onClick: onSheet,
        },
        {
          id: 'search',
          label: t.shell.keys.search,
          rightSection: <span className="secondary">/</span>,
          // After the palette has given the focus back to where it was.
          onClick: () => setTimeout(() => document.getElementById(SEARCH_ID)?.focus(), 200),
        },
        {
          id: 'navigation',
          label: isNarrow ? t.shell.expand : t.shell.collapse,
          onClick: change({ navigationCollapsed: !isNarrow }),
        },
        {
          id: 'lock',
          label: t.shell.lock,
          rightSection: <span className="secondary">Ctrl Shift L</span>,
          onClick: () => {
            node.app.lock().then(session.set, tellFailure)
          },
        },
        {
          id: 'close-profile',
          label: t.shell.closeProfile,
          onClick: () => go('settings', 'close'),
        },
        {
          id: 'quit',
          label: t.firstRun.quit,
          onClick: () => {
            node.app.quit().catch(tellFailure)
          },
        },
      ].map((action) => ({ leftSection: icon, ...action })),
    },
  ]
  return (
    <Spotlight
      actions={groups}
      shortcut={null}
      nothingFound={t.shell.paletteNothing}
      highlightQuery
      attributes={{ content: { 'aria-label': t.shell.palette } }}
      scrollable
      maxHeight={420}
      transitionProps={{ duration: 120 }}
      searchProps={{
        leftSection: <IconSearch size={18} aria-hidden />,
        placeholder: t.shell.paletteHint,
        'aria-label': t.shell.palette,
      }}
    />
  )
}
