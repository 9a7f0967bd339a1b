/** What a block holds: the visit for those who may open it, and the fields as they are hashed; else that it is sealed. */
import { SegmentedControl, Stack, UnstyledButton } from '@mantine/core'
import { IconBinaryTree, IconLock } from '@tabler/icons-react'
import { useState } from 'react'
import { RecordView } from '../../../parts/RecordView.tsx'
import { EmptyState } from '../../../ui/EmptyState.tsx'
import { useWords } from '../../../words/catalogue.ts'
import { BlockDisputes } from './BlockDisputes.tsx'
import type { BlockView } from './BlockPane.tsx'
import styles from './Chain.module.css'

interface Props {
  readonly block: BlockView
  onProve(leafIndex: number): void
}

export function BlockRecord({ block, onProve }: Props) {
  const words = useWords()
  const t = words.chain.record
  const [view, setView] = useState<string>('clinical')
  const { content } = block
  if (content.kind === 'sealed')
    return (
      <Stack gap="sm">
        <BlockDisputes merkleRoot={block.head.merkleRoot} />
        <EmptyState icon={<IconLock size={28} stroke={1.4} aria-hidden />}>
          {content.receipts
            ? words.erasures.block(content.receipts.count, content.receipts.of)
            : words.patients.record.sealed[content.reason]}
        </EmptyState>
      </Stack>
    )
  return (
    <Stack gap="sm">
      <BlockDisputes merkleRoot={block.head.merkleRoot} />
      <div className={styles.viewHead}>
        <SegmentedControl
          size="xs"
          value={view}
          onChange={setView}
          data={[
            { value: 'clinical', label: t.clinical },
            { value: 'fields', label: t.fields },
          ]}
        />
        <span className="secondary">{t.author(content.authorName)}</span>
      </div>
      {view === 'clinical' ? (
        <RecordView record={content.record} />
      ) : (
        <>
          <p className="secondary">{t.proveHint}</p>
          <ol className={styles.fields} start={0}>
            {content.fields.map((field) => (
              <li key={field.leafIndex} className={styles.fieldLine}>
                <span className={styles.leaf}>{field.leafIndex}</span>
                <span className={styles.fieldText}>
                  <span className="mono">{field.name}</span>
                  <span>{field.value.map((part) => part ?? '–').join(' · ')}</span>
                </span>
                <UnstyledButton
                  className={styles.prove}
                  aria-label={`${t.prove}: ${field.name}`}
                  title={t.prove}
                  onClick={() => onProve(field.leafIndex)}
                >
                  <IconBinaryTree size={16} aria-hidden />
                </UnstyledButton>
              </li>
            ))}
          </ol>
        </>
      )}
    </Stack>
  )
}
