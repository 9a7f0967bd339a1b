import { ActionIcon } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useWords } from '../../../words/catalogue.ts'
import type { RowSection } from './form.ts'
import { useEntry } from './use-entry.ts'

interface Props {
  readonly section: RowSection
  readonly id: string
  readonly what: string
  readonly isBlank: boolean
}

/** Takes a row away; a blank row has none, because it is the place for the next. */
export function RemoveButton({ section, id, what, isBlank }: Props) {
  const t = useWords().entry
  const removeRow = useEntry((entry) => entry.removeRow)
  if (isBlank) return <span />
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size={28}
      mt={2}
      aria-label={t.row.remove(what)}
      onClick={() => removeRow(section, id)}
    >
      <IconX size={15} aria-hidden />
    </ActionIcon>
  )
}
