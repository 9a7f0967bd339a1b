/** Our mark: blocks that lean on each other. */
export function ConsiliumMark({ size = 22 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden focusable="false">
      <rect x="2" y="8" width="8" height="8" rx="2" fill="var(--accent)" />
      <rect x="14" y="3" width="8" height="8" rx="2" fill="var(--accent)" opacity="0.75" />
      <rect x="14" y="13" width="8" height="8" rx="2" fill="var(--accent)" opacity="0.45" />
      <path
        d="M10 12h2.5M12.5 7h1.5M12.5 17h1.5M12.5 7v10"
        stroke="var(--accent)"
        strokeWidth="1.6"
        fill="none"
      />
    </svg>
  )
}
