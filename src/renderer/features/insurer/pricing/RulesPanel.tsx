/** Which factors the product may use in the jurisdiction: the list that is kept, and a new version of it. */
import { Button, Select, Text, Textarea, TextInput } from '@mantine/core'
import { useEffect, useState } from 'react'
import {
  FACTOR_PRESETS,
  type FactorPresetName,
  rulesOfPreset,
} from '../../../../shared/domain/factor-presets.ts'
import type { FactorRulesDraft } from '../../../../shared/domain/pricing-work.ts'
import { formatMinute } from '../../../lib/format.ts'
import { node } from '../../../lib/node.ts'
import { tellFailure } from '../../../parts/FailureNote.tsx'
import { factorName } from '../../../parts/insurer/pricing-names.ts'
import { Callout } from '../../../ui/Callout.tsx'
import room from '../../../ui/Room.module.css'
import { useWords } from '../../../words/catalogue.ts'
import styles from './Pricing.module.css'
import { factorCalled, readRules, rulesFor, textOfRules } from './rules-text.ts'
import { usePricing } from '../../../parts/insurer/use-pricing.ts'

const EMPTY = { allowed: '', forbidden: '', proxies: '' }
/** `by` null: one rate for all; undefined: by risk. */
interface Community {
  readonly by?: string | null
  readonly reason: string
}
const BY_RISK: Community = { reason: '' }
type Said = { readonly isGood: boolean; readonly text: string }

export function RulesPanel() {
  const words = useWords()
  const t = words.pricing
  const { draft, sources, load } = usePricing()
  const kept = rulesFor(sources?.rules ?? [], draft)
  const [text, setText] = useState(EMPTY)
  const [community, setCommunity] = useState<Community>(BY_RISK)
  const [said, setSaid] = useState<Said | null>(null)
  useEffect(() => {
    // What was chosen for another product is none of this one's.
    setCommunity(kept?.communityRating ?? BY_RISK)
    setText(kept === undefined ? EMPTY : textOfRules(kept, (factor) => factorName(factor, words)))
  }, [kept?.hash])
  const axes = sources?.results
    .find(({ studyHash }) => studyHash === draft.studyHash)
    ?.factors.map(({ name }) => name)
  const listed = (factors: readonly { readonly factor: string }[]): string =>
    factors.length === 0
      ? t.proxyNone
      : factors.map(({ factor }) => factorName(factor, words)).join(words.groups.listComma)
  const [product, jurisdiction] = [draft.product.trim(), draft.jurisdiction.trim()]
  const save = async (): Promise<void> => {
    const read = readRules(text)
    if (read.kind === 'wrong') {
      setSaid({ isGood: false, text: t.rulesWrong(t[read.field], String(read.line)) })
      return
    }
    const { by, reason } = community
    if (by !== undefined && reason.trim() === '') {
      setSaid({ isGood: false, text: t.community.needsWhy })
      return
    }
    const { allowed, forbidden, proxies } = read.rules
    const coded = <T extends { factor: string }>(each: T): T => ({
      ...each,
      factor: factorCalled(each.factor),
    })
    const saved = await node.pricing.saveRules({
      product,
      jurisdiction,
      allowed: allowed.map(coded),
      forbidden: forbidden.map(coded),
      proxies: proxies.map((each) => ({ ...coded(each), of: factorCalled(each.of) })),
      ...(by === undefined ? {} : { communityRating: { by, reason: reason.trim() } }),
    })
    setSaid(
      saved.kind === 'saved'
        ? { isGood: true, text: t.rulesSaved(String(saved.version)) }
        : { isGood: false, text: t.rulesRefused[saved.reason] },
    )
    await load()
  }
  const field = (name: keyof typeof EMPTY, hint: string) => (
    <Textarea
      className={room.mono}
      label={t[name]}
      description={hint}
      // Hints are of unlike length: below, they leave the three fields in line.
      inputWrapperOrder={['label', 'input', 'description']}
      autosize
      minRows={3}
      maxRows={10}
      value={text[name]}
      onChange={(event) => setText({ ...text, [name]: event.currentTarget.value })}
    />
  )
  return (
    <div className={room.close}>
      <Text size="sm">{t.rulesHint}</Text>
      <span className="secondary">
        {kept === undefined ? t.noRules : t.ruleVersion(String(kept.version), kept.by, formatMinute(kept.at))}
      </span>
      <Presets
        onFill={(rules, name) => {
          setText(textOfRules(rules, (factor) => factorName(factor, words)))
          setSaid({ isGood: true, text: t.presets.filled(name) })
        }}
      />
      <div className={styles.fields}>
        {field('allowed', t.allowedHint)}
        {field('forbidden', t.forbiddenHint)}
        {field('proxies', t.proxiesHint)}
      </div>
      <CommunityRating community={community} allowed={text.allowed} onChange={setCommunity} />
      <span className="secondary">
        {t.proxyMeasured}{' '}
        {kept !== undefined &&
          kept.forbidden.length > 0 &&
          axes !== undefined &&
          t.proxyOf(
            listed(kept.forbidden.filter(({ factor }) => axes.includes(factor))),
            listed(kept.forbidden.filter(({ factor }) => !axes.includes(factor))),
          )}
      </span>
      <div>
        <Button
          disabled={product === '' || jurisdiction === ''}
          onClick={() => void save().catch(tellFailure)}
        >
          {t.saveRules}
        </Button>
      </div>
      {(product === '' || jurisdiction === '') && <span className="secondary">{t.rulesNeed}</span>}
      {said !== null && (
        <Callout tone={said.isGood ? 'good' : 'bad'} isLive>
          {said.text}
        </Callout>
      )}
    </div>
  )
}

/** Published rules that fill the fields in, and save nothing. */
function Presets({
  onFill,
}: {
  readonly onFill: (rules: Omit<FactorRulesDraft, 'product' | 'jurisdiction'>, name: string) => void
}) {
  const t = useWords().pricing.presets
  const [chosen, setChosen] = useState<FactorPresetName>(FACTOR_PRESETS[0].name)
  const preset = FACTOR_PRESETS.find(({ name }) => name === chosen) ?? FACTOR_PRESETS[0]
  return (
    <>
      <div className={room.row}>
        <Select
          className={room.wide}
          label={t.label}
          data={FACTOR_PRESETS.map(({ name }) => ({ value: name, label: t.names[name] }))}
          value={chosen}
          allowDeselect={false}
          onChange={(name) =>
            setChosen(FACTOR_PRESETS.find((each) => each.name === name)?.name ?? FACTOR_PRESETS[0].name)
          }
        />
        <Button
          variant="default"
          onClick={() =>
            onFill(
              rulesOfPreset(preset, (factor) => t.reasons[preset.name]?.[factor] ?? ''),
              t.names[preset.name],
            )
          }
        >
          {t.fill}
        </Button>
      </div>
      <span className="secondary">
        {t.said(preset.since, preset.sources.join('; '))} {t.notes[preset.name]}
      </span>
    </>
  )
}

/** Whether the product has one premium for all, or for each level of one of the factors that are allowed. */
function CommunityRating({
  community,
  allowed,
  onChange,
}: {
  readonly community: Community
  /** As it is typed. */
  readonly allowed: string
  readonly onChange: (community: Community) => void
}) {
  const words = useWords()
  const t = words.pricing.community
  const typed = readRules({ allowed, forbidden: '', proxies: '' })
  const factors = typed.kind === 'read' ? typed.rules.allowed.map(({ factor }) => factorCalled(factor)) : []
  const { by, reason } = community
  const known = [...new Set(typeof by === 'string' ? [...factors, by] : factors)]
  return (
    <>
      <div className={room.row}>
        <Select
          className={room.wide}
          label={t.label}
          data={[
            { value: NONE, label: t.none },
            { value: ALL, label: t.all },
            ...known.map((factor) => ({ value: `by/${factor}`, label: t.by(factorName(factor, words)) })),
          ]}
          value={by === undefined ? NONE : by === null ? ALL : `by/${by}`}
          allowDeselect={false}
          onChange={(value) =>
            onChange(
              value === ALL
                ? { by: null, reason }
                : value === null || value === NONE
                  ? { reason }
                  : { by: value.slice('by/'.length), reason },
            )
          }
        />
        {by !== undefined && (
          <TextInput
            className={room.wide}
            label={t.why}
            description={t.whyHint}
            value={reason}
            maxLength={500}
            onChange={(event) => onChange({ ...community, reason: event.currentTarget.value })}
          />
        )}
      </div>
      {by !== undefined && <span className="secondary">{t.hint}</span>}
    </>
  )
}
const NONE = 'none'
const ALL = 'all'
