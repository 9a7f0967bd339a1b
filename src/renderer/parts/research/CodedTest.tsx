/** A test whose results are codes. */
import { NativeSelect } from '@mantine/core'
import { ASKED_TESTS } from '../../../shared/domain/asked-tests.ts'
import { useLocale, useWords } from '../../words/catalogue.ts'

export function CodedTest({ test, onChange }: { readonly test: string; onChange(test: string): void }) {
  const t = useWords().cohorts
  const locale = useLocale()
  return (
    <NativeSelect
      label={t.test}
      value={test}
      data={ASKED_TESTS.filter(({ unit }) => unit === '').map((each) => ({
        value: each.key,
        label: locale === 'en' ? each.en : each.zh,
      }))}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  )
}
