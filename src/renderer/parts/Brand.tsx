/** Our mark with a heading, for pages outside of the rooms. */
import type { ReactNode } from 'react'
import { ConsiliumMark } from './ConsiliumMark.tsx'

export function Brand({ title }: { readonly title: ReactNode }) {
  return (
    <div style={{ display: 'flex', gap: '0.75rem', alignItems: 'center', marginBottom: '0.375rem' }}>
      <ConsiliumMark size={30} />
      <h1 style={{ fontSize: '1.25rem' }}>{title}</h1>
    </div>
  )
}
