/** The head of a block, field by field, as it is hashed. */
import { UnstyledButton } from '@mantine/core'
import { formatBytes, formatInstant, formatNumber } from '../../../lib/format.ts'
import { replacePlace } from '../../../lib/router.ts'
import { BlockHash } from '../../../parts/BlockHash.tsx'
import { Field, Fields } from '../../../ui/Field.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import type { BlockView } from './BlockPane.tsx'
import { sizeWords } from './size-words.ts'
import styles from './Chain.module.css'

export function BlockHead({ block }: { readonly block: BlockView }) {
  const t = useWords().chain
  const locale = useLocale()
  const { head } = block
  return (
    <Fields>
      <Field name={t.head.hash}>
        <BlockHash hash={block.hash} each={16} />
      </Field>
      <Field name={t.head.version}>{head.version}</Field>
      <Field name={t.head.chainId}>
        <BlockHash hash={head.chainId} />
      </Field>
      <Field name={t.head.index}>
        {formatNumber(head.index, locale)} {block.isLast && <span className="secondary">{t.newest}</span>}
      </Field>
      <Field name={t.head.previousHash}>
        <BlockHash hash={head.previousHash} each={16} />{' '}
        {head.index > 0 && (
          <UnstyledButton className={styles.link} onClick={() => replacePlace('chain', head.index - 1)}>
            {t.previous}
          </UnstyledButton>
        )}
      </Field>
      <Field name={t.head.timestamp}>{formatInstant(head.timestamp)}</Field>
      <Field name={t.head.merkleRoot}>
        <BlockHash hash={head.merkleRoot} each={16} />
      </Field>
      <Field name={t.head.bodyHash}>
        <BlockHash hash={head.bodyHash} each={16} />
      </Field>
      <Field name={t.head.keyCommitment}>
        <BlockHash hash={head.keyCommitment} each={16} />
      </Field>
      <Field name={t.head.sizeClass}>{sizeWords(head.sizeClass, t.sizeClass)}</Field>
      <Field name={t.head.bodyBytes}>{formatBytes(block.bodyBytes, locale)}</Field>
    </Fields>
  )
}
