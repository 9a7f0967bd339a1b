/** A folder: typed, or chosen in the system's dialog. */
import { Button, Group, Text, TextInput } from '@mantine/core'
import { node } from '../../lib/node.ts'
import { tellFailure } from '../../parts/FailureNote.tsx'
import { useWords } from '../../words/catalogue.ts'

interface Props {
  readonly value: string
  readonly purpose: 'found' | 'open'
  readonly isTried?: boolean
  /** Instead of what an institution's folder holds. */
  readonly hint?: string
  onChange(folder: string): void
}

export function FolderField({ value, purpose, isTried, hint, onChange }: Props) {
  const t = useWords().firstRun
  const isMissing = isTried === true && value.trim() === ''
  const choose = async () => {
    const folder = await node.app.chooseFolder({ purpose })
    if (folder !== null) onChange(folder)
  }
  return (
    <div>
      <Group align="flex-end" gap="xs" wrap="nowrap">
        <TextInput
          flex={1}
          label={t.folder}
          description={hint ?? (purpose === 'found' ? t.folderHint : undefined)}
          value={value}
          spellCheck={false}
          error={isMissing}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
        <Button variant="default" onClick={() => void choose().catch(tellFailure)}>
          {t.chooseFolder}
        </Button>
      </Group>
      {isMissing && (
        <Text size="xs" c="var(--bad)" mt={4} role="alert">
          {t.folderMissing}
        </Text>
      )}
    </div>
  )
}
