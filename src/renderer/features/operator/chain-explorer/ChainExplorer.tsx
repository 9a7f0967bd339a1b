/** The chain itself: every block in order, the chosen one beside the list with all its proof. */
import { Button, TextInput } from '@mantine/core'
import { IconSearch, IconShieldCheck } from '@tabler/icons-react'
import { type FormEvent, useCallback, useEffect, useMemo, useReducer, useRef, useState } from 'react'
import type { CheckedProof } from '../../../../shared/contract/proofs.ts'
import { formatInstant, formatNumber } from '../../../lib/format.ts'
import { listen, node } from '../../../lib/node.ts'
import { go, replacePlace } from '../../../lib/router.ts'
import { useOpenSession, useStatus } from '../../../lib/session.ts'
import { BlockHash } from '../../../parts/BlockHash.tsx'
import { CheckFieldProof } from '../../../parts/CheckFieldProof.tsx'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import type { RoomProps } from '../../../parts/route.ts'
import { Callout } from '../../../ui/Callout.tsx'
import { EmptyState } from '../../../ui/EmptyState.tsx'
import { ScaledList, type ScaledListHandle } from '../../../ui/ScaledList.tsx'
import { useLocale, useWords } from '../../../words/catalogue.ts'
import { BlockPane } from './BlockPane.tsx'
import { createBlockRows } from './block-rows.ts'
import { sizeWords } from './size-words.ts'
import { VerifyChain } from './VerifyChain.tsx'
import { useVerification } from './use-verification.ts'
import styles from './Chain.module.css'

export function ChainExplorer({ parts }: RoomProps) {
  const t = useWords().chain
  const locale = useLocale()
  const status = useStatus()
  const session = useOpenSession()
  const total = status?.blockCount ?? 0
  const [, redraw] = useReducer((count: number) => count + 1, 0)
  const list = useRef<ScaledListHandle>(null)
  const rows = useMemo(
    () => createBlockRows(async (first, count) => (await node.chain.blocks({ first, count })).rows, redraw),
    [],
  )
  const start = useVerification((state) => state.start)
  const [text, setText] = useState('')
  const [notFound, setNotFound] = useState<string | null>(null)
  const wanted = parts[0] !== undefined && /^[0-9]+$/.test(parts[0]) ? Number(parts[0]) : null
  const selected = wanted !== null && wanted < total ? wanted : null

  useEffect(() => rows.grown(total), [total, rows])
  useEffect(() => listen('erasures', 'changed', rows.again), [rows])
  // What was told while the node of a work place was away.
  useEffect(() => listen('app', 'nodeBack', rows.again), [rows])
  useEffect(() => {
    if (parts[0] !== 'verify') return
    replacePlace('chain')
    start().catch(tellFailure)
  }, [parts[0]])
  // Opens at the end, where the news is; a place that names a block is shown instead.
  const isShown = useRef(false)
  useEffect(() => {
    if (total === 0) return
    if (selected !== null) list.current?.show(selected)
    else if (!isShown.current) list.current?.show(total - 1)
    isShown.current = true
  }, [total === 0, selected])

  const onVisible = useCallback((first: number, end: number) => rows.need(first, end), [rows])
  const find = async (event: FormEvent) => {
    event.preventDefault()
    const typed = text.trim()
    if (typed === '') return
    const found = await node.chain.find({ text: typed })
    const first = found[0]
    setNotFound(first ? null : typed)
    if (first) go('chain', first.index)
  }
  const [proof, setProof] = useState<CheckedProof | null>(null)
  const checkProof = async () => setProof((await node.proofs.chooseAndCheck()) ?? proof)
  const canRecord = session?.person.roles.includes('clerk') === true

  return (
    <div className={styles.split} data-open={selected !== null || undefined}>
      <div className={`room ${styles.list}`}>
        <header className="room-head">
          <h1>{t.title}</h1>
          <span className="secondary">{t.blocks(formatNumber(total, locale))}</span>
          <form className={styles.find} onSubmit={(event) => void find(event).catch(tellFailure)}>
            <TextInput
              aria-label={t.searchLabel}
              placeholder={t.searchHint}
              leftSection={<IconSearch size={15} aria-hidden />}
              value={text}
              spellCheck={false}
              onChange={(event) => {
                setText(event.currentTarget.value)
                setNotFound(null)
              }}
            />
          </form>
          <Button
            variant="default"
            leftSection={<IconShieldCheck size={16} aria-hidden />}
            onClick={() => start().catch(tellFailure)}
          >
            {t.verifyChain}
          </Button>
          <Button variant="subtle" onClick={() => checkProof().catch(tellFailure)}>
            {t.fieldProof.check}
          </Button>
        </header>
        {notFound !== null && (
          <div className={styles.notice}>
            <Callout tone="plain" isLive>
              {t.notFound(notFound)}
            </Callout>
          </div>
        )}
        <VerifyChain />
        {proof && <CheckFieldProof proof={proof} onClose={() => setProof(null)} />}
        <div className={styles.table}>
          {total === 0 ? (
            <EmptyState {...(canRecord ? { action: t.emptyAction, onAction: () => go('record') } : {})}>
              {t.empty}
            </EmptyState>
          ) : (
            <>
              <div className={`${styles.row} ${styles.heads}`} aria-hidden>
                <span className={styles.number}>{t.columns.index}</span>
                <span>{t.columns.time}</span>
                <span>{t.columns.hash}</span>
                <span className={styles.number}>{t.columns.height}</span>
                <span className={styles.number}>{t.columns.size}</span>
              </div>
              <div className={styles.rows}>
                <ScaledList
                  ref={list}
                  label={t.listLabel}
                  idPrefix="block"
                  rowCount={total}
                  selected={selected}
                  onSelect={(index) => replacePlace('chain', index)}
                  onOpen={(index) => go('chain', index)}
                  onVisible={onVisible}
                  renderRow={(index) => {
                    const block = rows.at(index)
                    return (
                      <div className={styles.row}>
                        <span className={styles.number}>{formatNumber(index, locale)}</span>
                        <span title={block ? formatInstant(block.timestamp) : ''}>
                          {block ? formatInstant(block.timestamp) : ''}
                        </span>
                        {block ? (
                          <span>
                            <BlockHash hash={block.hash} each={8} isPlain />
                            {block.isErased && <span className="secondary"> {t.erased}</span>}
                          </span>
                        ) : (
                          <span className={styles.wait} />
                        )}
                        <span className={styles.number}>
                          {block ? formatNumber(block.height, locale) : ''}
                        </span>
                        <span className={styles.number}>
                          {block ? sizeWords(block.sizeClass, t.sizeClass) : ''}
                        </span>
                      </div>
                    )
                  }}
                />
              </div>
            </>
          )}
        </div>
      </div>
      {selected !== null && <BlockPane index={selected} total={total} />}
    </div>
  )
}
