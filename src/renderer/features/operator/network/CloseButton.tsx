/** Leaves the pane at the side. */
import { Button } from '@mantine/core'
import { useWords } from '../../../words/catalogue.ts'

export function CloseButton({ onClose }: { onClose(): void }) {
  const t = useWords().network
  return (
    <Button variant="subtle" size="compact-sm" onClick={onClose}>
      {t.member.close}
    </Button>
  )
}
