/** A dialog that is open as long as it is drawn, and how it ends: a way out first, then what it is about. */
import { Button, Group, Modal, type ModalProps } from '@mantine/core'
import type { ReactNode } from 'react'
import { useWords } from '../words/catalogue.ts'

export function Dialog(props: Pick<ModalProps, 'children' | 'onClose' | 'size' | 'title'>) {
  const { shell } = useWords()
  return <Modal opened closeButtonProps={{ 'aria-label': shell.close }} {...props} />
}

export function DialogButtons({
  onCancel,
  children,
}: {
  readonly onCancel: () => void
  readonly children: ReactNode
}) {
  const { shell } = useWords()
  return (
    <Group justify="flex-end">
      <Button variant="default" onClick={onCancel}>
        {shell.cancel}
      </Button>
      {children}
    </Group>
  )
}
