/** What comes out of a request, by the forms that the grammar has, each with the fields that it needs and no other. */
import { Button, Checkbox, NativeSelect, SegmentedControl } from '@mantine/core'
import type { CatalogVariable } from '../../../../shared/contract/requests.ts'
import type { RequestAxis, RequestCounted, RequestOutput } from '../../../../shared/domain/request-output.ts'
import { timeEdgesOf, variableName } from '../../../parts/research/request-axis.ts'
import { Whole } from '../../../parts/research/RuleEditor.tsx'
import room from '../../../ui/Room.module.css'
import { useWords } from '../../../words/catalogue.ts'
import { AxisField, RangeFields, VariableSelect } from './AxisField.tsx'
import { axisOf, everyStep, firstOutput, OUTPUT_KINDS, type OutputKind } from './draft.ts'
import { ScoreFields } from './ScoreFields.tsx'

interface Props {
  readonly output: RequestOutput
  readonly variables: readonly CatalogVariable[]
  onChange(output: RequestOutput): void
}

export function OutputForm({ output, variables, onChange }: Props) {
  const t = useWords().requests.compose
  return (
    <div className={room.small}>
      <NativeSelect
        label={t.output}
        value={output.kind}
        data={[...OUTPUT_KINDS, ...(output.kind === 'pathways' ? [output.kind] : [])].map((value) => ({
          value,
          label: t.outputs[value],
        }))}
        onChange={({ currentTarget }) => onChange(firstOutput(currentTarget.value as OutputKind, variables))}
      />
      <Fields output={output} variables={variables} onChange={onChange} />
    </div>
  )
}

function Fields({ output, variables, onChange }: Props) {
  const words = useWords()
  const t = words.requests.compose
  switch (output.kind) {
    case 'count':
    case 'monitor':
    case 'cleaning-profile':
    case 'pathways':
      return null
    case 'score':
      return <ScoreFields output={output} onChange={onChange} />
    case 'histogram':
      return (
        <>
          <AxisField
            axis={output.axis}
            variables={variables}
            onChange={(axis) => onChange({ ...output, axis })}
          />
          <Counted counted={output.counted} onChange={(counted) => onChange({ ...output, counted })} />
        </>
      )
    case 'table':
      return (
        <>
          <Axes axes={output.axes} variables={variables} onChange={(axes) => onChange({ ...output, axes })} />
          <Counted counted={output.counted} onChange={(counted) => onChange({ ...output, counted })} />
        </>
      )
    case 'mean':
      return (
        <RangeFields
          output={output}
          variables={variables}
          onChange={(change) => onChange({ ...output, ...change })}
        />
      )
    case 'quantiles':
      return (
        <>
          <div className={room.row}>
            <VariableSelect
              label={t.variable}
              value={output.axis.variable}
              variables={variables.filter(({ kind }) => kind === 'number')}
              onChange={(variable) =>
                onChange({ ...output, axis: { variable, edges: everyStep(variable, variables) } })
              }
            />
          </div>
          <Percentiles chosen={output.perMille} onChange={(perMille) => onChange({ ...output, perMille })} />
        </>
      )
    case 'kaplan-meier':
      return (
        <>
          <Time edges={output.timeEdges} onChange={(timeEdges) => onChange({ ...output, timeEdges })} />
          <NativeSelect
            label={t.by}
            value={output.by?.variable ?? ''}
            data={[
              { value: '', label: t.nobody },
              ...groupable(variables).map(({ name }) => ({ value: name, label: variableName(name, words) })),
            ]}
            onChange={({ currentTarget }) =>
              onChange({
                ...output,
                by: currentTarget.value === '' ? null : axisOf(currentTarget.value, variables),
              })
            }
          />
          {output.by !== null && output.by.edges.length > 0 && (
            <AxisField
              axis={output.by}
              variables={groupable(variables)}
              onChange={(by) => onChange({ ...output, by })}
            />
          )}
        </>
      )
    case 'cox':
      return (
        <>
          <Time edges={output.timeEdges} onChange={(timeEdges) => onChange({ ...output, timeEdges })} />
          <Axes
            label={t.covariates}
            axes={output.covariates}
            variables={groupable(variables)}
            onChange={(covariates) => onChange({ ...output, covariates })}
          />
        </>
      )
    case 'poisson':
    case 'gamma':
      return (
        <>
          <div className={room.row}>
            {output.kind === 'poisson' && (
              <Whole
                label={t.most(variableName(output.exposure.variable, words))}
                value={output.exposure.most}
                min={1}
                max={366}
                onChange={(most) =>
                  onChange({ ...output, exposure: { ...output.exposure, most: most ?? 1 } })
                }
              />
            )}
            <Whole
              label={t.most(variableName(output.claims.variable, words))}
              value={output.claims.most}
              min={1}
              max={50}
              onChange={(most) => onChange({ ...output, claims: { ...output.claims, most: most ?? 1 } })}
            />
            {output.kind === 'gamma' && (
              <Whole
                label={t.most(variableName(output.cost.variable, words))}
                value={output.cost.most}
                min={1}
                max={100_000_000}
                onChange={(most) => onChange({ ...output, cost: { ...output.cost, most: most ?? 1 } })}
              />
            )}
            <Whole
              label={t.cellsMost}
              value={output.cellsMost}
              min={1}
              max={100}
              onChange={(cellsMost) => onChange({ ...output, cellsMost: cellsMost ?? 1 })}
            />
          </div>
          <p className="secondary">
            {t.contributionHint} {output.kind === 'gamma' && t.costUnit}
          </p>
          <Axes
            label={t.factors}
            axes={output.factors}
            variables={groupable(variables)}
            onChange={(factors) => onChange({ ...output, factors })}
          />
        </>
      )
  }
}

/** What a follow-up gives is the outcome: no group. */
const groupable = (variables: readonly CatalogVariable[]) =>
  variables.filter(({ name }) => !name.startsWith('follow-up-'))

const AXES_MAX = 6

function Axes({
  label,
  axes,
  variables,
  onChange,
}: {
  readonly label?: string
  readonly axes: RequestAxis[]
  readonly variables: readonly CatalogVariable[]
  onChange(axes: RequestAxis[]): void
}) {
  const words = useWords()
  const t = words.requests.compose
  const free = variables.filter(({ name }) => axes.every(({ variable }) => variable !== name))
  const [next] = free
  return (
    <div className={room.small} role="group" aria-label={label ?? t.variable}>
      {label !== undefined && <h3>{label}</h3>}
      {axes.map((axis, i) => (
        <AxisField
          key={axis.variable}
          axis={axis}
          variables={variables.filter(
            ({ name }) => name === axis.variable || free.some((each) => each.name === name),
          )}
          onChange={(changed) => onChange(axes.with(i, changed))}
          onRemove={() => onChange(axes.toSpliced(i, 1))}
        />
      ))}
      {next !== undefined && axes.length < AXES_MAX && (
        <div>
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => onChange([...axes, axisOf(next.name, variables)])}
          >
            {t.addVariable}
          </Button>
        </div>
      )}
    </div>
  )
}

function Counted({
  counted,
  onChange,
}: {
  readonly counted: RequestCounted
  onChange(counted: RequestCounted): void
}) {
  const t = useWords().requests.compose
  return (
    <div className={room.small}>
      <div className={room.row}>
        <SegmentedControl
          aria-label={t.counted}
          value={counted.unit}
          data={(['patients', 'visits'] as const).map((value) => ({ value, label: t.countedWords[value] }))}
          onChange={(unit) =>
            onChange(unit === 'visits' ? { unit, cellsMost: 3, perCellMost: 10 } : { unit: 'patients' })
          }
        />
        {counted.unit === 'visits' && (
          <>
            <Whole
              label={t.cellsMost}
              value={counted.cellsMost}
              min={1}
              max={100}
              onChange={(cellsMost) => onChange({ ...counted, cellsMost: cellsMost ?? 1 })}
            />
            <Whole
              label={t.perCellMost}
              value={counted.perCellMost}
              min={1}
              max={100}
              onChange={(perCellMost) => onChange({ ...counted, perCellMost: perCellMost ?? 1 })}
            />
          </>
        )}
      </div>
      {counted.unit === 'visits' && <p className="secondary">{t.contributionHint}</p>}
    </div>
  )
}

const PER_MILLE = [50, 100, 250, 500, 750, 900, 950] as const

function Percentiles({
  chosen,
  onChange,
}: {
  readonly chosen: readonly number[]
  onChange(chosen: number[]): void
}) {
  const t = useWords().requests
  return (
    <div className={room.row} role="group" aria-label={t.compose.percentiles}>
      {PER_MILLE.map((each) => (
        <Checkbox
          key={each}
          label={t.answer.quantileOf(String(each / 10))}
          checked={chosen.includes(each)}
          onChange={({ currentTarget }) =>
            onChange(
              PER_MILLE.filter((other) => (other === each ? currentTarget.checked : chosen.includes(other))),
            )
          }
        />
      ))}
    </div>
  )
}

function Time({ edges, onChange }: { readonly edges: readonly number[]; onChange(edges: number[]): void }) {
  const t = useWords().requests.compose
  const step = edges[0] ?? 30
  const most = edges.at(-1) ?? step
  return (
    <div className={room.row}>
      <Whole
        label={t.step}
        unit={t.days}
        value={step}
        min={30}
        max={3_660}
        onChange={(value) => value !== undefined && onChange(timeEdgesOf(value, most))}
      />
      <Whole
        label={t.upTo}
        unit={t.days}
        value={most}
        min={30}
        max={7_320}
        onChange={(value) => value !== undefined && onChange(timeEdgesOf(step, value))}
      />
    </div>
  )
}
