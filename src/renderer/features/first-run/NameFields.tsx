/** What the institution is called, and who answers for it. */
import { TextInput } from '@mantine/core'
import { useWords } from '../../words/catalogue.ts'

export interface Names {
  readonly institutionName: string
  readonly personName: string
}

interface Props {
  readonly names: Names
  readonly isTried: boolean
  onChange(names: Names): void
}

export const areNamesThere = ({ institutionName, personName }: Names): boolean =>
  institutionName.trim() !== '' && personName.trim() !== ''

export function NameFields({ names, isTried, onChange }: Props) {
  const t = useWords().firstRun
  const { institutionName, personName } = names
  return (
    <>
      <TextInput
        label={t.institutionName}
        description={t.institutionNameHint}
        value={institutionName}
        maxLength={100}
        autoFocus
        onChange={(event) => onChange({ ...names, institutionName: event.currentTarget.value })}
        error={isTried && institutionName.trim() === '' ? t.institutionNameMissing : undefined}
      />
      <TextInput
        label={t.personName}
        description={t.personNameHint}
        value={personName}
        maxLength={100}
        onChange={(event) => onChange({ ...names, personName: event.currentTarget.value })}
        error={isTried && personName.trim() === '' ? t.personNameMissing : undefined}
      />
    </>
  )
}
