/** On what it is judged who is in: the records as they were written, or what the cleaning left of them (ADR 0031). */
import { NativeSelect } from '@mantine/core'
import { useWords } from '../../words/catalogue.ts'

export type Judged = 'written' | 'cleaned'

export function JudgedOn({
  value,
  note,
  isDisabled = false,
  onChange,
}: {
  readonly value: Judged
  readonly note?: string | undefined
  readonly isDisabled?: boolean
  onChange(value: Judged): void
}) {
  const t = useWords().question.model
  return (
    <NativeSelect
      label={t.judged}
      description={note}
      value={value}
      disabled={isDisabled}
      data={(['written', 'cleaned'] as const).map((each) => ({ value: each, label: t.judgedOn[each] }))}
      onChange={({ currentTarget }) => onChange(currentTarget.value === 'cleaned' ? 'cleaned' : 'written')}
    />
  )
}
