import { ActionIcon } from '@mantine/core'
import { IconDots } from '@tabler/icons-react'
import { useWords } from '../../../words/catalogue.ts'

interface Props {
  readonly what: string
  readonly isOpen: boolean
  /** A blank row has nothing to say more of; what is filled in stays in sight. */
  readonly isNeeded: boolean
  onToggle(): void
}

/** Shows what is seldom said of a row. Enter passes it by; Tab and a click reach it. */
export function MoreButton({ what, isOpen, isNeeded, onToggle }: Props) {
  const t = useWords().entry
  if (!isNeeded) return <span />
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size={28}
      mt={2}
      aria-label={t.row.more(what)}
      title={t.row.more(what)}
      aria-expanded={isOpen}
      onClick={onToggle}
    >
      <IconDots size={15} aria-hidden />
    </ActionIcon>
  )
}
