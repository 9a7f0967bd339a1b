/**
 * A visit whose patient cannot be found yet, because the node of this work place is away: written under a name of the clerk's
 * own, kept as a draft, and given to its patient when the node is back.
 */
import { Button, Group, Stack, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useSession } from '../../../lib/session.ts'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { useWords } from '../../../words/catalogue.ts'
import { goToField } from './go-on.ts'
import { PatientSearch } from './PatientSearch.tsx'
import { useEntry } from './use-entry.ts'
import styles from './Entry.module.css'

export function useIsNodeAway(): boolean {
  const session = useSession()
  return session?.state === 'open' && (session.workPlace?.awaySince ?? null) !== null
}

/** Instead of the search. */
export function BeginUnnamed() {
  const t = useWords().workPlaces.unnamed
  const begin = useEntry((entry) => entry.beginUnnamed)
  const [name, setName] = useState('')
  const start = (event: FormEvent) => {
    event.preventDefault()
    if (name.trim() === '') return
    begin(name.trim())
    queueMicrotask(() => goToField('encounter.class'))
  }
  return (
    <section className={`card ${styles.search}`}>
      <h2 className={styles.question}>{t.title}</h2>
      <form onSubmit={start} noValidate>
        <p className="secondary">{t.body}</p>
        <Group align="flex-end" mt="xs">
          <TextInput
            flex={1}
            label={t.name}
            value={name}
            autoFocus
            maxLength={100}
            autoComplete="off"
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button type="submit" disabled={name.trim() === ''}>
            {t.begin}
          </Button>
        </Group>
      </form>
    </section>
  )
}

/** Above the form. */
export function UnnamedBar({ name }: { readonly name: string }) {
  const words = useWords()
  const t = words.workPlaces.unnamed
  const isAway = useIsNodeAway()
  const setAside = useEntry((entry) => entry.setAside)
  return (
    <div className={styles.notice} data-testid="unnamed">
      <Stack gap="sm">
        <Callout
          tone="warn"
          title={t.bar(name)}
          action={
            <Button
              variant="default"
              size="compact-sm"
              title={words.entry.leaveHint}
              onClick={() => setAside().catch(tellFailure)}
            >
              {words.entry.leave}
            </Button>
          }
        >
          {isAway ? t.waits : t.choose}
        </Callout>
        {!isAway && <PatientSearch />}
      </Stack>
    </div>
  )
}
