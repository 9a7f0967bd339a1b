/** Where this machine is found from outside under an address that it listens to. */
import { networkInterfaces } from 'node:os'

/** Itself, or each address of this machine where it listens to all of them; private networks first, loopback never. */
export function outsideAddresses(listen: string): string[] {
  const colon = listen.lastIndexOf(':')
  const host = listen.slice(0, colon)
  const port = listen.slice(colon + 1)
  if (host !== '0.0.0.0' && host !== '[::]') return [listen]
  const found = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address)
  const isPrivate = (address: string) => /^(10|192\.168|172\.(1[6-9]|2\d|3[01]))\./.test(address)
  return found
    .sort((a, b) => Number(isPrivate(b)) - Number(isPrivate(a)))
    .map((address) => `${address}:${port}`)
}
