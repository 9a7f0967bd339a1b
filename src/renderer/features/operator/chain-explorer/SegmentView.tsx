/** The decision that made the block final, and who signed it. */
import { UnstyledButton } from '@mantine/core'
import { formatInstant, formatNumber } from '../../../lib/format.ts'
import { replacePlace } from '../../../lib/router.ts'
import { BlockHash } from '../../../parts/BlockHash.tsx'
import { Field, Fields } from '../../../ui/Field.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import type { BlockView } from './BlockPane.tsx'
import styles from './Chain.module.css'

export function SegmentView({ segment }: { readonly segment: BlockView['segment'] }) {
  const t = useWords().chain.segment
  const locale = useLocale()
  const { certificate } = segment
  const last = segment.firstIndex + segment.count - 1
  return (
    <>
      <h3 className={styles.sub}>{t.title(formatNumber(segment.height, locale))}</h3>
      <p className={styles.signed}>
        {t.signatures(certificate.signatures.length, certificate.voterCount, certificate.quorum)}
      </p>
      <ul className={styles.signatures}>
        {certificate.signatures.map((signature) => (
          <li key={signature.memberId}>
            <strong>{signature.memberName}</strong> <BlockHash hash={signature.memberId} />{' '}
            <BlockHash hash={signature.signature} each={8} />
          </li>
        ))}
      </ul>
      <Fields>
        <Field name={t.id}>
          <BlockHash hash={segment.segmentId} each={12} />
        </Field>
        <Field name={t.previous}>
          <BlockHash hash={segment.previousSegmentId} each={12} />
        </Field>
        <Field name={t.round}>{certificate.round}</Field>
        <Field name={t.epoch}>{segment.epoch}</Field>
        <Field name={t.time}>{formatInstant(segment.time)}</Field>
        <Field name={t.items}>{formatNumber(segment.itemCount, locale)}</Field>
        <Field name={t.tip}>
          <BlockHash hash={segment.tip} each={12} />
        </Field>
        <Field
          name={
            segment.count === 1
              ? t.oneBlock(formatNumber(segment.firstIndex, locale))
              : t.blocks(formatNumber(segment.firstIndex, locale), formatNumber(last, locale))
          }
        >
          {segment.count > 0 && (
            <UnstyledButton className={styles.link} onClick={() => replacePlace('chain', segment.firstIndex)}>
              {t.oneBlock(formatNumber(segment.firstIndex, locale))}
            </UnstyledButton>
          )}
        </Field>
        <Field name={t.headsRoot}>
          <BlockHash hash={segment.headsRoot} each={12} />
        </Field>
        <Field name={t.segmentsRoot}>
          <BlockHash hash={segment.segmentsRoot} each={12} />
        </Field>
        <Field name={t.itemsRoot}>
          <BlockHash hash={segment.itemsRoot} each={12} />
        </Field>
        <Field name={t.stateHash}>
          <BlockHash hash={segment.stateHash} each={12} />
        </Field>
        <Field name={t.votersRoot}>
          <BlockHash hash={segment.nextVotersRoot} each={12} />
        </Field>
      </Fields>
    </>
  )
}
