/** What a file proves of one field, or why it proves nothing. */
import { ActionIcon, Button } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import type { CheckedProof } from '../../shared/contract/proofs.ts'
import { formatInstant, formatNumber } from '../lib/format.ts'
import { go } from '../lib/router.ts'
import { BlockHash } from './BlockHash.tsx'
import { Callout } from '../ui/Callout.tsx'
import { useLocale, useWords } from '../words/catalogue.ts'
import styles from './CheckFieldProof.module.css'

interface Props {
  readonly proof: CheckedProof
  onClose(): void
}

export function CheckFieldProof({ proof, onClose }: Props) {
  const words = useWords()
  const t = words.chain.fieldProof
  const locale = useLocale()
  const close = (
    <ActionIcon variant="subtle" color="gray" size={28} aria-label={words.shell.close} onClick={onClose}>
      <IconX size={16} aria-hidden />
    </ActionIcon>
  )
  if (proof.kind === 'refused')
    return (
      <section className={styles.notice} aria-label={t.check} data-testid="field-proof">
        <Callout tone="bad" isLive title={t.refusedTitle} action={close}>
          {t.refused[proof.reason]}
        </Callout>
      </section>
    )
  const { field, here } = proof
  return (
    <section className={styles.notice} aria-label={t.check} data-testid="field-proof">
      <Callout
        tone={here === 'differs' ? 'bad' : here === 'same-block' ? 'good' : 'warn'}
        isLive
        title={t.good(proof.consortium)}
        action={
          <>
            {here === 'same-block' && (
              <Button size="compact-sm" variant="default" onClick={() => go('chain', proof.index)}>
                {words.chain.openVisit}
              </Button>
            )}
            {close}
          </>
        }
      >
        <p className={styles.provenField}>
          <span className="mono">{t.claims(field.name)}</span>{' '}
          <strong>{field.value.map((part) => part ?? t.empty).join(' · ')}</strong>
        </p>
        <p>
          {t.where(formatNumber(proof.index, locale), formatInstant(proof.timestamp))}{' '}
          {t.decided(proof.signatures, proof.voters, formatNumber(proof.height, locale))}{' '}
          {t.leaf(formatNumber(field.leafIndex, locale), formatNumber(field.leafCount, locale))}
        </p>
        <p>
          {t.here[here]} {t.chain} <BlockHash hash={proof.chainId} each={12} />
        </p>
      </Callout>
    </section>
  )
}
