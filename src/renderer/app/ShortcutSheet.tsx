/** All keys on one sheet, on `?`. */
import { Modal } from '@mantine/core'
import { Keys } from '../ui/Kbd.tsx'
import { useWords } from '../words/catalogue.ts'
import styles from './ShortcutSheet.module.css'

interface Props {
  readonly isOpen: boolean
  onClose(): void
}

export function ShortcutSheet({ isOpen, onClose }: Props) {
  const { shell } = useWords()
  const t = shell.keys
  const groups: readonly { readonly title: string; readonly keys: readonly (readonly [string, string])[] }[] =
    [
      {
        title: t.everywhere,
        keys: [
          ['/', t.search],
          ['Ctrl K', t.palette],
          ['?', t.sheet],
          ['Ctrl Shift L', t.lock],
          ['Esc', t.leave],
        ],
      },
      {
        title: t.entry,
        keys: [
          ['Enter', t.next],
          ['Tab', t.every],
          ['Shift Tab', t.previous],
          ['Ctrl Enter', t.queue],
          ['Alt 1 … 8', t.section],
          ['F2', t.picker],
          ['F4', t.person],
          ['Alt N', t.addRow],
          ['F6', t.correction],
          ['F8', t.problem],
          ['Ctrl Shift D', t.copy],
          ['Ctrl D', t.repeat],
          ['Ctrl L', t.panel],
          ['Alt T', t.today],
          ['Ctrl S', t.draft],
        ],
      },
      {
        title: t.lists,
        keys: [
          ['↑ ↓ PgUp PgDn Home End', t.move],
          ['Enter', t.open],
          ['F4', t.personOf],
          ['F9', t.elsewhere],
        ],
      },
    ]
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={shell.shortcuts}
      size="lg"
      closeButtonProps={{ 'aria-label': shell.close }}
    >
      <div className={styles.sheet}>
        {groups.map((group) => (
          <section key={group.title}>
            <h3 className={styles.title}>{group.title}</h3>
            <dl className={styles.list}>
              {group.keys.map(([keys, means]) => (
                <div key={means} className={styles.line}>
                  <dt>
                    <Keys of={keys} />
                  </dt>
                  <dd>{means}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  )
}
