/** Everybody who has an account here; an administrator adds them, changes roles and closes accounts. */
import { Button, Group, Stack } from '@mantine/core'
import { useState } from 'react'
import type { PersonView } from '../../../shared/contract/people.ts'
import { useAsk } from '../../lib/live.ts'
import { node } from '../../lib/node.ts'
import { useOpenSession } from '../../lib/session.ts'
import { Panel } from '../../ui/Panel.tsx'
import { useWords } from '../../words/catalogue.ts'
import { ChangePassphrase } from './ChangePassphrase.tsx'
import { PersonDialog, type PersonWish } from './PersonDialog.tsx'
import styles from './Rights.module.css'

export function People() {
  const words = useWords()
  const t = words.accounts
  const session = useOpenSession()
  const asked = useAsk(() => node.people.list(), [], ['people.changed'])
  const [wish, setWish] = useState<PersonWish | null>(null)
  const people = asked.value ?? []
  const mayChange = session?.person.roles.includes('administrator') === true && !session.isSynthetic
  const isAlone = people.filter(({ isActive }) => isActive).length < 2
  return (
    <Panel title={t.title}>
      <Stack gap="sm">
        <p className="secondary">
          {isAlone ? t.alone(people.find(({ isSelf }) => isSelf)?.account ?? '') : t.several}
        </p>
        <table className={styles.people}>
          <tbody>
            {people.map((person) => (
              <PersonRow key={person.personId} person={person} onWish={mayChange ? setWish : null} />
            ))}
          </tbody>
        </table>
        <Group>
          {mayChange && (
            <Button variant="default" onClick={() => setWish({ kind: 'add' })}>
              {t.add}
            </Button>
          )}
        </Group>
        {session?.isSynthetic === false && <ChangePassphrase />}
        <PersonDialog wish={wish} onClose={() => setWish(null)} onChanged={asked.again} />
      </Stack>
    </Panel>
  )
}

interface RowProps {
  readonly person: PersonView
  readonly onWish: ((wish: PersonWish) => void) | null
}

function PersonRow({ person, onWish }: RowProps) {
  const words = useWords()
  const t = words.accounts
  const { name, account, roles, isActive, isSelf } = person
  return (
    <tr>
      <td>
        {name} {isSelf && <span className="secondary">({t.you})</span>}
        <div className="secondary">{account}</div>
      </td>
      <td>
        {isActive ? roles.map((each) => words.clinical.roleNames[each]).join(words.clinical.comma) : t.left}
      </td>
      <td className={styles.acts}>
        {onWish !== null &&
          (isActive ? (
            <Group gap="xs" justify="flex-end" wrap="nowrap">
              <Button
                variant="subtle"
                size="compact-sm"
                aria-label={`${t.change} ${name}`}
                onClick={() => onWish({ kind: 'change', person })}
              >
                {t.change}
              </Button>
              <Button
                variant="subtle"
                size="compact-sm"
                aria-label={`${t.leave} ${name}`}
                onClick={() => onWish({ kind: 'leave', person })}
              >
                {t.leave}
              </Button>
            </Group>
          ) : (
            <Button
              variant="subtle"
              size="compact-sm"
              aria-label={`${t.comeBack} ${name}`}
              onClick={() => onWish({ kind: 'come-back', person })}
            >
              {t.comeBack}
            </Button>
          ))}
      </td>
    </tr>
  )
}
