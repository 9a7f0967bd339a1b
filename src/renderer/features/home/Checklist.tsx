/** What an institution sees to before it relies on its folder; stays on Home until all of it is done. */
import { Button } from '@mantine/core'
import { IconCircle, IconCircleCheck, IconCircleDashed } from '@tabler/icons-react'
import type { Checklist as State } from '../../../shared/contract/upkeep.ts'
import { go } from '../../lib/router.ts'
import { Panel } from '../../ui/Panel.tsx'
import { useWords } from '../../words/catalogue.ts'
import { itemsOf, type Item } from './checklist-items.ts'
import styles from './Home.module.css'

const ICONS = { done: IconCircleCheck, open: IconCircle, 'not-yet': IconCircleDashed }

interface Props {
  readonly state: State
  onKit(): void
}

/** Nothing where nothing is left. */
export function Checklist({ state, onKit }: Props) {
  const words = useWords()
  const items = itemsOf(state)
  if (items.every(({ standing }) => standing !== 'open')) return null
  const due = items.filter(({ standing }) => standing !== 'not-yet').length
  const done = items.filter(({ standing }) => standing === 'done').length
  return (
    <Panel
      title={words.upkeep.checklist.title}
      side={<span className="secondary">{words.upkeep.checklist.count(done, due)}</span>}
      isFlush
    >
      <ul className={styles.checklist} data-testid="checklist">
        {items.map((item) => (
          <Row key={item.kind} item={item} onKit={onKit} />
        ))}
      </ul>
    </Panel>
  )
}

function Row({ item, onKit }: { readonly item: Item; onKit(): void }) {
  const words = useWords()
  const t = words.upkeep.checklist
  const { kind, standing, sentence, callBack } = item
  const Icon = ICONS[standing]
  const state = { done: t.done, open: t.open, 'not-yet': t.notYet }[standing]
  const say = (sentences: Partial<Record<Item['sentence'], string>>) => sentences[sentence] ?? ''
  const texts = {
    kit: {
      title: words.home.proveKit.title,
      body: say({ open: words.home.proveKit.body, done: t.kitDone }),
      action: words.home.proveKit.action,
      onAct: onKit,
    },
    address: {
      title: t.address.title,
      body: callBack
        ? t.address.callBack[callBack.outcome](callBack.memberName, callBack.address)
        : say({ waiting: t.address.waiting, alone: t.address.alone, reached: t.address.reached }),
      action: t.address.action,
      onAct: () => go('network'),
    },
    codes: {
      title: t.codes.title,
      body: say({ open: t.codes.body, done: t.codes.done }),
      action: t.codes.action,
      onAct: () => go('settings', 'codes'),
    },
    backup: {
      title: t.backup.title,
      body: say({ none: t.backup.none, untried: t.backup.untried, done: t.backup.done }),
      action: sentence === 'untried' ? t.backup.tryIt : t.backup.action,
      onAct: () => go('settings', 'backup'),
    },
  }[kind]
  return (
    <li className={styles.task} data-standing={standing} data-testid={`task-${kind}`}>
      <Icon size={18} role="img" aria-label={state} className={styles.taskIcon} />
      <div className={styles.taskText}>
        <div className={styles.taskTitle}>{texts.title}</div>
        <div className="secondary">{texts.body}</div>
      </div>
      {standing === 'open' && (
        <Button variant="default" onClick={texts.onAct}>
          {texts.action}
        </Button>
      )}
    </li>
  )
}
