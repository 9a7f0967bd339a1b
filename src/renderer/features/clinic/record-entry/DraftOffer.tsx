/** What was typed before a crash, a lock or another visit: offered, never forced. */
import { Button, Group, Modal, Text } from '@mantine/core'
import { useState } from 'react'
import type { ListedDraft } from '../../../../shared/contract/records.ts'
import { momentAtFacility } from '../../../lib/facility-clock.ts'
import { formatRecordedInstant } from '../../../lib/format.ts'
import { useAsk } from '../../../lib/live.ts'
import { node } from '../../../lib/node.ts'
import { go } from '../../../lib/router.ts'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import { Callout } from '../../../ui/Callout.tsx'
import { useWords } from '../../../words/catalogue.ts'
import { StateMark } from '../../../parts/StateMark.tsx'
import { goToField } from './go-on.ts'
import { useEntry } from './use-entry.ts'

export function DraftOffer() {
  const t = useWords()
  const draftId = useEntry((entry) => entry.draftId)
  const openDraft = useEntry((entry) => entry.openDraft)
  const asked = useAsk(() => node.records.listDrafts(), [draftId], ['records.draftsChanged'])
  const [discarding, setDiscarding] = useState<ListedDraft | null>(null)
  const kept = asked.value ?? []
  const damaged = kept.filter(({ isDamaged }) => isDamaged === true)
  const drafts = kept
    .filter((each) => each.isDamaged !== true && each.draftId !== draftId)
    .sort((a, b) => b.savedAt - a.savedAt)
  const returned = useAsk(() => node.records.returned(), [draftId]).value ?? []
  const waiting = drafts.length + returned.length
  if (waiting + damaged.length === 0) return null
  const open = async (id: string) => {
    if (await openDraft(id)) setTimeout(() => goToField('encounter.class'), 30)
  }
  const discard = async ({ draftId: id, savedAt, isDamaged }: ListedDraft) => {
    setDiscarding(null)
    // As it is listed: what was typed on since at another machine stays. When a damaged one was saved nobody knows.
    await node.records.discardDraft({ draftId: id, ...(isDamaged === true ? {} : { base: savedAt }) })
    asked.again()
  }
  return (
    <Callout
      tone={waiting > 0 ? 'plain' : 'warn'}
      title={waiting > 0 ? t.entry.draftWaits(waiting) : t.entry.draftsDamaged(damaged.length)}
    >
      {returned.slice(0, 5).map((each) => (
        <Group key={each.merkleRoot} justify="space-between" gap="xs" mt={4}>
          <span>
            <StateMark state="draft" />{' '}
            {t.entry.rival.waits(each.patientName, formatRecordedInstant(each.admission))}
          </span>
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => go('record', 'correct', each.patientId, each.merkleRoot, each.headRoot)}
          >
            {t.entry.rival.compare}
          </Button>
        </Group>
      ))}
      {drafts.slice(0, 5).map((draft) => (
        <Group key={draft.draftId} justify="space-between" gap="xs" mt={4}>
          <span>
            <StateMark state="draft" /> <strong>{draft.title}</strong>{' '}
            <span className="secondary">
              {momentAtFacility(draft.savedAt)} · {t.entry.draftAge(ageOf(draft.savedAt))}
            </span>
          </span>
          <Group gap="xs">
            <Button size="compact-sm" variant="subtle" color="red" onClick={() => setDiscarding(draft)}>
              {t.entry.draftDiscard}
            </Button>
            <Button
              size="compact-sm"
              variant="default"
              onClick={() => open(draft.draftId).catch(tellFailure)}
            >
              {t.entry.draftOpen}
            </Button>
          </Group>
        </Group>
      ))}
      {damaged.map((draft) => (
        <Group key={draft.draftId} justify="space-between" gap="xs" mt={4} data-testid="damaged-draft">
          <Text component="span" size="sm" flex="1 1 20rem">
            {t.entry.draftDamaged}
          </Text>
          <Button size="compact-sm" variant="subtle" color="red" onClick={() => setDiscarding(draft)}>
            {t.entry.draftDiscard}
          </Button>
        </Group>
      ))}
      <Modal
        opened={discarding !== null}
        onClose={() => setDiscarding(null)}
        title={t.entry.discardTitle}
        closeButtonProps={{ 'aria-label': t.shell.close }}
      >
        <Text mb="md">{t.entry.discardBody}</Text>
        <Group justify="flex-end">
          <Button variant="default" data-autofocus onClick={() => setDiscarding(null)}>
            {t.shell.cancel}
          </Button>
          <Button
            color="red.8"
            onClick={() => {
              if (discarding !== null) discard(discarding).catch(tellFailure)
            }}
          >
            {t.entry.discardNow}
          </Button>
        </Group>
      </Modal>
    </Callout>
  )
}

function ageOf(savedAt: number): { days: number; hours: number; minutes: number } {
  const minutes = Math.max(0, Math.floor((Date.now() - savedAt) / 60_000))
  return { days: Math.floor(minutes / 1440), hours: Math.floor(minutes / 60), minutes }
}
