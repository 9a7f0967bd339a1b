/** Every action by its words, on Ctrl/Cmd+K. */
import { Spotlight, type SpotlightActionGroupData, type SpotlightFilterFunction } from '@mantine/spotlight'
import { IconBolt, IconSearch, IconUser } from '@tabler/icons-react'
import type { Session, Settings } from '../../shared/contract/app.ts'
import { node } from '../lib/node.ts'
import { go } from '../lib/router.ts'
import { saveSettings, session as liveSession } from '../lib/session.ts'
import { tellFailure } from '../parts/FailureNote.tsx'
import type { Route } from '../parts/route.ts'
import { catalogue, useWords, type Words } from '../words/catalogue.ts'
import * as palette from '../words/palette.ts'
import { become, personWords } from './demonstration-people.ts'
import { foundActions, foundBy } from './palette-filter.ts'
import { SEARCH_ID } from './search-id.ts'

interface Props {
  readonly session: Extract<Session, { state: 'open' }>
  readonly rooms: readonly Route[]
  readonly isNarrow: boolean
  onSheet(): void
}

const change = (settings: Partial<Settings>) => () => {
  saveSettings(settings).catch(tellFailure)
}

/** Other words for an action, and its name in both languages. */
const otherWords = (id: string, label?: Route['title']): string[] => [
  ...(label === undefined ? [] : Object.values(catalogue).map((words) => label(words))),
  ...[palette.en, palette.zhHant].map((all) => (all as Readonly<Record<string, string>>)[id] ?? ''),
]

export function Palette({ session, rooms, isNarrow, onSheet }: Props) {
  const t = useWords()
  const { demonstration } = session
  const found = findIn((said) => t.shell.paletteFoundBy(said))
  const icon = <IconBolt size={16} stroke={1.6} aria-hidden />
  const groups: SpotlightActionGroupData[] = [
    {
      group: t.shell.actions,
      actions: rooms.flatMap((room) =>
        (room.actions ?? []).map((action) => ({
          id: action.id,
          label: action.label(t),
          keywords: otherWords(action.id, (words) => action.label(words)),
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
        keywords: otherWords(`room-${room.room}`, (words) => room.title(words)),
        leftSection: <room.icon size={16} stroke={1.6} aria-hidden />,
        onClick: () => go(room.room),
      })),
    },
    ...(demonstration === undefined
      ? []
      : [
          {
            group: t.shell.youAre,
            actions: demonstration.people
              .filter(({ personId }) => personId !== demonstration.personId)
              .map((each) => ({
                id: `become-${each.personId}`,
                label: t.shell.become(personWords(each, demonstration.people, t)),
                keywords: [
                  ...otherWords('become'),
                  ...Object.values(catalogue).map((words) => words.clinical.roleNames[each.role]),
                ],
                leftSection: <IconUser size={16} stroke={1.6} aria-hidden />,
                onClick: () => void become(each.personId),
              })),
          },
        ]),
    {
      group: t.shell.rooms.settings,
      actions: [
        {
          id: 'locale-zh',
          said: ({ shell }: Words) => shell.useChinese,
          onClick: change({ locale: 'zh-Hant' }),
        },
        { id: 'locale-en', said: ({ shell }: Words) => shell.useEnglish, onClick: change({ locale: 'en' }) },
        {
          id: 'theme-light',
          said: ({ shell }: Words) => shell.useLight,
          onClick: change({ theme: 'light' }),
        },
        { id: 'theme-dark', said: ({ shell }: Words) => shell.useDark, onClick: change({ theme: 'dark' }) },
        {
          id: 'theme-system',
          said: ({ shell }: Words) => shell.useSystemTheme,
          onClick: change({ theme: 'system' }),
        },
        {
          id: 'sheet',
          said: ({ shell }: Words) => shell.shortcuts,
          rightSection: <span className="secondary">?</span>,
          onClick: onSheet,
        },
        {
          id: 'search',
          said: ({ shell }: Words) => shell.keys.search,
          rightSection: <span className="secondary">/</span>,
          // After the palette has given the focus back to where it was.
          onClick: () => setTimeout(() => document.getElementById(SEARCH_ID)?.focus(), 200),
        },
        {
          id: 'navigation',
          said: ({ shell }: Words) => (isNarrow ? shell.expand : shell.collapse),
          onClick: change({ navigationCollapsed: !isNarrow }),
        },
        {
          id: 'lock',
          said: ({ shell }: Words) => shell.lock,
          rightSection: <span className="secondary">Ctrl Shift L</span>,
          onClick: () => {
            node.app.lock().then(liveSession.set, tellFailure)
          },
        },
        {
          id: 'close-profile',
          said: ({ shell }: Words) => shell.closeProfile,
          onClick: () => go('settings', 'close'),
        },
        {
          id: 'demonstration',
          said: ({ shell }: Words) =>
            demonstration === undefined ? shell.demonstration : shell.newDemonstration,
          onClick: () => go('settings', 'close'),
        },
        {
          id: 'quit',
          said: ({ firstRun }: Words) => firstRun.quit,
          onClick: () => {
            node.app.quit().catch(tellFailure)
          },
        },
      ].map(({ said, ...action }) => ({
        leftSection: icon,
        keywords: otherWords(action.id, said),
        label: said(t),
        ...action,
      })),
    },
  ]
  return (
    <Spotlight
      actions={groups}
      filter={found}
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

/** In groups, as they are shown, each with the other words that led to it; a group without a hit is left out, and the one with the best stands first. */
const findIn =
  (because: (words: string) => string): SpotlightFilterFunction =>
  (query, given) => {
    const groups = given as readonly SpotlightActionGroupData[]
    const groupOf = new Map(groups.flatMap(({ group, actions }) => actions.map((each) => [each, group])))
    const kept = new Map<string, SpotlightActionGroupData>()
    for (const action of foundActions(query, [...groupOf.keys()])) {
      const group = groupOf.get(action)!
      const known = kept.get(group) ?? { group, actions: [] }
      const others = foundBy(query, action)
      const shown = others.length === 0 ? action : { ...action, description: because(others.join(', ')) }
      kept.set(group, { group, actions: [...known.actions, shown] })
    }
    return [...kept.values()]
  }
