/** Where a member's node listens, as people type it and files carry it. */

export type HostAndPort = {
  readonly host: string
  readonly port: number
  readonly kind: 'ip4' | 'ip6' | 'dns'
}

export const ADDRESS_TEXT_MAX = 260

/** `192.0.2.1:4711`, `[2001:db8::1]:4711` or `node.example:4711`; null for anything else. */
export function parseAddress(address: string): HostAndPort | null {
  const match = /^(?:\[([0-9a-f:]{2,45})\]|([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)):([1-9][0-9]{0,4})$/.exec(
    address,
  )
  if (match === null) return null
  const [, ip6, name, portText] = match
  const port = Number(portText)
  if (port > 65_535) return null
  if (ip6 !== undefined) return { host: ip6, port, kind: 'ip6' }
  if (name === undefined) return null
  if (/^[0-9.]+$/.test(name)) return isIp4(name) ? { host: name, port, kind: 'ip4' } : null
  return { host: name, port, kind: 'dns' }
}

export function isAddress(address: string): boolean {
  return parseAddress(address) !== null
}

function isIp4(text: string): boolean {
  const parts = text.split('.')
  return (
    parts.length === 4 && parts.every((part) => /^(0|[1-9][0-9]{0,2})$/.test(part) && Number(part) <= 255)
  )
}
