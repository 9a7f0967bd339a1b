/** Time, person, kind, outcome and patient; each change asks anew, and nothing is asked of what is half typed. */
import { Button, NativeSelect, TextInput } from '@mantine/core'
import { AUDIT_ACTS, AUDIT_OUTCOMES, type AuditStanding } from '../../../../shared/contract/audit.ts'
import { mayCall, rightOf } from '../../../../shared/contract/rights.ts'
import { useOpenSession } from '../../../lib/session.ts'
import { PersonPicker } from '../../../parts/PersonPicker.tsx'
import { useWords } from '../../../words/catalogue.ts'
import styles from './Audit.module.css'
import { isTimeWrong, NO_FILTERS, type TypedFilters } from './filters.ts'

interface Props {
  readonly typed: TypedFilters
  readonly people: AuditStanding['people']
  onType(typed: TypedFilters): void
}

export function FilterBar({ typed, people, onType }: Props) {
  const words = useWords()
  const t = words.audit
  const f = t.filters
  const set = (change: Partial<TypedFilters>) => onType({ ...typed, ...change })
  const time = (name: 'from' | 'to') => (
    <TextInput
      size="xs"
      w="8rem"
      label={f[name]}
      placeholder="2026-05-03"
      value={typed[name]}
      error={isTimeWrong(typed[name]) ? f.badTime : undefined}
      spellCheck={false}
      onChange={(event) => set({ [name]: event.currentTarget.value })}
    />
  )
  const maySearch = mayCall('patients.search', useOpenSession()?.person.roles ?? [])
  const isAny = JSON.stringify(typed) !== JSON.stringify(NO_FILTERS)
  const operations = Object.keys(t.operations)
    .filter((operation) => typed.act === '' || operation === typed.operation || isOfAct(operation, typed.act))
    .map((operation) => ({ value: operation, label: t.operations[operation]! }))
    .sort((a, b) => (a.label < b.label ? -1 : 1))
  return (
    <div className={styles.filters} role="search" aria-label={f.label}>
      {time('from')}
      {time('to')}
      <NativeSelect
        size="xs"
        label={f.person}
        value={typed.person}
        data={[
          { value: '', label: f.everybody },
          ...people.map(({ person, name }) => ({ value: person, label: name })),
        ]}
        onChange={(event) => set({ person: event.currentTarget.value })}
      />
      <NativeSelect
        size="xs"
        w="9.5rem"
        label={f.act}
        value={typed.act}
        data={[
          { value: '', label: f.everything },
          ...AUDIT_ACTS.map((act) => ({ value: act, label: t.acts[act] ?? act })),
        ]}
        onChange={(event) => set({ act: event.currentTarget.value, operation: '' })}
      />
      <NativeSelect
        size="xs"
        w="11.5rem"
        label={f.operation}
        value={typed.operation}
        data={[{ value: '', label: f.everything }, ...operations]}
        onChange={(event) => set({ operation: event.currentTarget.value })}
      />
      <NativeSelect
        size="xs"
        label={f.outcome}
        value={typed.outcome}
        data={[
          { value: '', label: f.any },
          ...AUDIT_OUTCOMES.map((outcome) => ({ value: outcome, label: t.outcomes[outcome] })),
        ]}
        onChange={(event) => set({ outcome: event.currentTarget.value })}
      />
      {maySearch && <PersonPicker label={f.patientName} onPick={({ patientId }) => set({ patientId })} />}
      <TextInput
        size="xs"
        w="8.5rem"
        label={f.patient}
        value={typed.patientId}
        title={f.patientHint}
        placeholder={f.patientPlaceholder}
        spellCheck={false}
        onChange={(event) => set({ patientId: event.currentTarget.value })}
      />
      {isAny && (
        <Button size="xs" variant="subtle" onClick={() => onType(NO_FILTERS)}>
          {f.clear}
        </Button>
      )}
    </div>
  )
}

const isOfAct = (operation: string, act: string): boolean => {
  if (act === 'session' || act === 'node') return operation.startsWith(`${act}.`)
  return rightOf(operation)?.act === act
}
