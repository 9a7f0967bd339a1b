/** How people are followed where a form of answer needs it: what is waited for, for how long, and who counts as gone. */
import type { IntervalDefinition } from '../../../../shared/domain/intervals.ts'
import { EventEditor } from '../../../parts/research/EventEditor.tsx'
import { followUpSentence } from '../../../parts/research/study-sentence.ts'
import { Whole } from '../../../parts/research/RuleEditor.tsx'
import { Panel } from '../../../ui/Panel.tsx'
import room from '../../../ui/Room.module.css'
import { useLocale, useWords } from '../../../words/catalogue.ts'

interface Props {
  readonly definition: IntervalDefinition
  onChange(definition: IntervalDefinition): void
}

export function FollowUpForm({ definition, onChange }: Props) {
  const words = useWords()
  const t = words.requests.compose
  const locale = useLocale()
  const { followUp } = definition
  const change = (part: Partial<IntervalDefinition['followUp']>) =>
    onChange({ ...definition, followUp: { ...followUp, ...part } })
  return (
    <Panel title={t.followUp}>
      <div className={room.small}>
        <EventEditor
          definition={definition}
          event={followUp.event}
          label={t.event}
          onChange={(event, of) => onChange({ ...of, followUp: { ...of.followUp, event } })}
        />
        <div className={room.row}>
          <Whole
            label={t.atMost}
            unit={t.days}
            value={followUp.atMostDays ?? undefined}
            min={1}
            max={7_320}
            onChange={(value) => change({ atMostDays: value === undefined ? null : Math.max(1, value) })}
          />
          <Whole
            label={t.left}
            unit={t.days}
            value={followUp.left?.withoutVisitDays}
            min={1}
            onChange={(value) =>
              change({
                // One number here: no other, that nobody sees, decides beside it.
                left:
                  value === undefined
                    ? null
                    : { withoutVisitDays: Math.max(1, value), countedDays: Math.max(1, value) },
              })
            }
          />
        </div>
        <p className="secondary">{followUpSentence(definition, words, locale)}</p>
      </div>
    </Panel>
  )
}
