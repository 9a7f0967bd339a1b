/** A price of privacy that a person sets, in ρ; kept in whole millionths. */
import { NumberInput, type NumberInputProps } from '@mantine/core'
import { useEffect, useState } from 'react'
import { microOfTyped } from './typed-rho.ts'

interface Props extends Omit<NumberInputProps, 'value' | 'min' | 'max' | 'step' | 'onChange'> {
  readonly microRho: number
  readonly least: number
  readonly most: number
  onMicroRho(microRho: number): void
}

/** Ten thousandths. */
const STEP = 0.0001

export function RhoInput({ microRho, least, most, onMicroRho, ...rest }: Props) {
  const [typed, setTyped] = useState<string | number>(microRho / 1e6)
  // What was typed stays as it was typed, until another price comes from elsewhere.
  useEffect(
    () => setTyped((before) => (microOfTyped(before, 0) === microRho ? before : microRho / 1e6)),
    [microRho],
  )
  return (
    <NumberInput
      {...rest}
      value={typed}
      min={least / 1e6}
      max={most / 1e6}
      step={STEP}
      decimalScale={6}
      clampBehavior="blur"
      onChange={(next) => {
        setTyped(next)
        const micro = microOfTyped(next, least)
        if (micro !== null) onMicroRho(micro)
      }}
    />
  )
}
