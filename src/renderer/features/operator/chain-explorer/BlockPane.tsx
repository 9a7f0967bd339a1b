/** One block: head, record, Merkle tree, certificate; previous and next; verified before the reader's eyes. */
import { ActionIcon, Button, Skeleton, Stack, Tabs } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconShieldCheck, IconX } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import type { z } from 'zod'
import type { blockView, verifyStep } from '../../../../shared/contract/chain.ts'
import { formatNumber } from '../../../lib/format.ts'
import { useAsk } from '../../../lib/live.ts'
import { listen, node } from '../../../lib/node.ts'
import { go, replacePlace } from '../../../lib/router.ts'
import { FailureNote, tellFailure } from '../../../parts/FailureNote.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { BlockHead } from './BlockHead.tsx'
import { BlockRecord } from './BlockRecord.tsx'
import { MerklePath } from './MerklePath.tsx'
import { SegmentView } from './SegmentView.tsx'
import { VerifySteps } from './VerifySteps.tsx'
import styles from './Chain.module.css'

export type BlockView = z.infer<typeof blockView>
export type VerifyStep = z.infer<typeof verifyStep>

interface Props {
  readonly index: number
  readonly total: number
}

export function BlockPane({ index, total }: Props) {
  const words = useWords()
  const t = words.chain
  const locale = useLocale()
  const [tab, setTab] = useState<string | null>('head')
  const [leaf, setLeaf] = useState<number | null>(null)
  const [verified, setVerified] = useState<{
    index: number
    isOk: boolean
    steps: readonly VerifyStep[]
  } | null>(null)
  const [isVerifying, setVerifying] = useState(false)
  // Open after the work, so that it is seen; out of the way once something else of the block is looked at.
  const [areStepsOpen, setStepsOpen] = useState(true)
  // Whoever holds an arrow key down asks for the block at which it stops.
  const [settled, setSettled] = useState(index)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(index), 60)
    return () => clearTimeout(timer)
  }, [index])
  const asked = useAsk(() => node.chain.block({ index: settled }), [settled])
  const block = asked.value?.head.index === index ? asked.value : undefined
  // Erased while somebody looks: the text goes from the screen, and receipts are counted as they come. Its row tells that without opening the record,
  // which would be one more opening in the audit for every erasure of anybody.
  const { again } = asked
  useEffect(
    () =>
      listen('erasures', 'changed', () => {
        node.chain.blocks({ first: settled, count: 1 }).then(
          ({ rows: [row] }) => row?.isErased && again(),
          () => undefined,
        )
      }),
    [settled, again],
  )
  useEffect(() => {
    setVerified(null)
    setLeaf(null)
  }, [index])
  const verify = async () => {
    setVerifying(true)
    try {
      const answer = await node.chain.verifyBlock({ index })
      setVerified({ index, ...answer })
      setStepsOpen(true)
    } catch (error) {
      tellFailure(error)
    } finally {
      setVerifying(false)
    }
  }
  return (
    <aside className={styles.pane} aria-label={t.block(formatNumber(index, locale))}>
      <header className={styles.paneHead}>
        <h2>{t.block(formatNumber(index, locale))}</h2>
        <div className={styles.tools}>
          <ActionIcon
            variant="default"
            size={32}
            aria-label={t.previous}
            disabled={index === 0}
            onClick={() => replacePlace('chain', index - 1)}
          >
            <IconArrowUp size={16} aria-hidden />
          </ActionIcon>
          <ActionIcon
            variant="default"
            size={32}
            aria-label={t.next}
            disabled={index + 1 >= total}
            onClick={() => replacePlace('chain', index + 1)}
          >
            <IconArrowDown size={16} aria-hidden />
          </ActionIcon>
          <Button
            leftSection={<IconShieldCheck size={16} aria-hidden />}
            loading={isVerifying}
            onClick={() => void verify()}
          >
            {t.verifyBlock}
          </Button>
          <ActionIcon
            variant="subtle"
            color="gray"
            size={32}
            aria-label={t.closePane}
            onClick={() => go('chain')}
          >
            <IconX size={18} aria-hidden />
          </ActionIcon>
        </div>
      </header>
      {verified?.index === index && (
        <VerifySteps
          isOk={verified.isOk}
          steps={verified.steps}
          isOpen={areStepsOpen}
          onToggle={() => setStepsOpen(!areStepsOpen)}
        />
      )}
      {asked.failure !== undefined && !block && <FailureNote code={asked.failure} onRetry={asked.again} />}
      {!block && asked.failure === undefined && <Skeleton height={260} />}
      {block && (
        <Tabs
          value={tab}
          keepMounted={false}
          onChange={(next) => {
            setTab(next)
            setStepsOpen(false)
          }}
        >
          <Tabs.List mb="sm">
            {(['head', 'record', 'proof', 'segment'] as const).map((key) => (
              <Tabs.Tab key={key} value={key}>
                {t.tabs[key]}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <Tabs.Panel value="head">
            <Stack gap="sm">
              {block.content.kind === 'sealed' && block.content.reason === 'erased' && (
                <Callout tone="plain" isLive>
                  {block.content.receipts
                    ? words.erasures.block(block.content.receipts.count, block.content.receipts.of)
                    : words.patients.record.sealed.erased}
                </Callout>
              )}
              <BlockHead block={block} />
            </Stack>
          </Tabs.Panel>
          <Tabs.Panel value="record">
            <BlockRecord
              block={block}
              onProve={(leafIndex) => {
                setLeaf(leafIndex)
                setTab('proof')
              }}
            />
          </Tabs.Panel>
          <Tabs.Panel value="proof">
            <MerklePath block={block} leaf={leaf} onLeaf={setLeaf} />
          </Tabs.Panel>
          <Tabs.Panel value="segment">
            <SegmentView segment={block.segment} />
          </Tabs.Panel>
        </Tabs>
      )}
    </aside>
  )
}
