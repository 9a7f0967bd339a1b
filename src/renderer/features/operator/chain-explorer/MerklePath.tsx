/** The path of a chosen field from its leaf to the root in the head, drawn as the part of the tree that proves it. */
import { NativeSelect, Skeleton } from '@mantine/core'
import { IconLock } from '@tabler/icons-react'
import { formatNumber, shortHash } from '../../../lib/format.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { BlockHash } from '../../../parts/BlockHash.tsx'
import { FailureNote } from '../../../parts/FailureNote.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { EmptyState } from '../../../ui/EmptyState.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import type { BlockView } from './BlockPane.tsx'
import styles from './Chain.module.css'
import { drawPath, NODE_HEIGHT, NODE_WIDTH } from './merkle-drawing.ts'
import { SaveFieldProof } from './SaveFieldProof.tsx'

interface Props {
  readonly block: BlockView
  readonly leaf: number | null
  onLeaf(leaf: number): void
}

export function MerklePath({ block, leaf, onLeaf }: Props) {
  const t = useWords().chain
  const words = useWords()
  const locale = useLocale()
  const { content } = block
  const fields = content.kind === 'open' ? content.fields : []
  const chosen = leaf ?? fields[0]?.leafIndex ?? null
  const { index, merkleRoot } = block.head
  const asked = useAsk(
    async () => (chosen === null ? null : node.chain.fieldProof({ index, leafIndex: chosen })),
    [index, chosen],
  )
  if (content.kind === 'sealed' || chosen === null)
    return (
      <EmptyState icon={<IconLock size={28} stroke={1.4} aria-hidden />}>
        {content.kind === 'sealed' ? words.patients.record.sealed[content.reason] : ''} {t.proof.sealed}
      </EmptyState>
    )
  const proof = asked.value
  const end = proof?.path[proof.path.length - 1]?.result ?? proof?.leafHash
  const isFitting = proof ? end === merkleRoot && proof.merkleRoot === merkleRoot : false
  const drawing = proof ? drawPath(proof) : null
  return (
    <div className={styles.proof}>
      <NativeSelect
        label={t.proof.choose}
        value={String(chosen)}
        data={fields.map((field) => ({
          value: String(field.leafIndex),
          label: `${field.name}: ${clip(field.value.filter((part) => part !== null).join(' · '))}`,
        }))}
        onChange={(event) => onLeaf(Number(event.currentTarget.value))}
      />
      <p className="secondary">{t.proof.body}</p>
      {asked.failure !== undefined && <FailureNote code={asked.failure} onRetry={asked.again} />}
      {!proof && asked.isAsking && <Skeleton height={220} />}
      {proof && drawing && (
        <>
          <Callout tone={isFitting ? 'good' : 'bad'} isLive>
            {isFitting ? t.proof.fits : t.proof.differs}{' '}
            {t.proof.leaf(formatNumber(chosen, locale), formatNumber(proof.leafCount, locale))}
          </Callout>
          <SaveFieldProof key={`${index} ${chosen}`} index={index} leaf={chosen} />
          <div className={styles.tree}>
            <svg
              width={drawing.width}
              height={drawing.height}
              viewBox={`0 0 ${drawing.width} ${drawing.height}`}
              role="img"
              aria-label={t.proof.tree}
            >
              {drawing.edges.map((edge, i) => (
                <path key={i} d={edge.d} className={edge.isPath ? styles.edgePath : styles.edge} />
              ))}
              {drawing.nodes.map((each) => (
                <g key={each.id} transform={`translate(${each.x} ${each.y})`}>
                  <title>{each.hash}</title>
                  <rect
                    width={NODE_WIDTH}
                    height={NODE_HEIGHT}
                    rx={5}
                    className={
                      each.kind === 'path'
                        ? styles.nodePath
                        : each.kind === 'root'
                          ? styles.nodeRoot
                          : styles.node
                    }
                  />
                  <text
                    x={NODE_WIDTH / 2}
                    y={NODE_HEIGHT / 2 + 4}
                    textAnchor="middle"
                    className={styles.nodeText}
                  >
                    {shortHash(each.hash, 5)}
                  </text>
                </g>
              ))}
            </svg>
          </div>
          <ol className={styles.levels}>
            {proof.path.map((step, i) => (
              <li key={i}>
                <span className="secondary">
                  {t.proof.level(i + 1)} · {t.proof.sibling[step.side]}
                </span>{' '}
                <BlockHash hash={step.hash} /> → <BlockHash hash={step.result} />
              </li>
            ))}
            <li>
              <span className="secondary">{t.proof.root}</span> <BlockHash hash={merkleRoot} each={12} />
            </li>
          </ol>
        </>
      )}
    </div>
  )
}

const clip = (text: string): string => {
  const characters = [...text]
  return characters.length > 60 ? `${characters.slice(0, 60).join('')}…` : text
}
