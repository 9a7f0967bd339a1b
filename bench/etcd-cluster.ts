/**
 * The peer of the consensus benchmark: an etcd cluster on loopback, fsync on, driven by etcd's own Go client
 * (`etcd/main.go`). Debian: etcd-server, golang-go, golang-etcd-server-dev.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePorts } from '../src/main/node/network/free-ports.ts'

const run = promisify(execFile)
const GO_PATH = '/usr/share/gocode'
const START_MS = 30_000

export interface Load {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

export interface EtcdCluster {
  load(clients: number, seconds: number, bytes: number): Promise<Load>
  stop(): Promise<void>
}

/** Null, with the reason on standard error, where etcd or its Go client is not installed. */
export async function startEtcd(nodes: number): Promise<EtcdCluster | null> {
  if (!existsSync('/usr/bin/etcd') || !existsSync(join(GO_PATH, 'src/go.etcd.io/etcd/clientv3'))) {
    console.error('etcd is left out: apt-get install etcd-server golang-go golang-etcd-server-dev')
    return null
  }
  const folder = await mkdtemp(join(tmpdir(), 'consilium-etcd-'))
  const client = join(folder, 'load')
  await run('go', ['build', '-o', client, join(process.cwd(), 'bench/etcd/main.go')], {
    env: { ...process.env, GO111MODULE: 'off', GOPATH: GO_PATH, GOCACHE: join(folder, 'go') },
  })
  const ports = await freePorts(nodes * 2)
  const url = (port: number) => `http://127.0.0.1:${port}`
  const clientPorts = ports.slice(0, nodes)
  const peerPorts = ports.slice(nodes)
  const members = peerPorts.map((port, i) => `n${i}=${url(port)}`).join(',')
  const children = clientPorts.map((port, i) =>
    spawn(
      '/usr/bin/etcd',
      [
        ['--name', `n${i}`],
        ['--data-dir', join(folder, `n${i}`)],
        ['--listen-client-urls', url(port)],
        ['--advertise-client-urls', url(port)],
        ['--listen-peer-urls', url(peerPorts[i]!)],
        ['--initial-advertise-peer-urls', url(peerPorts[i]!)],
        ['--initial-cluster', members],
        ['--initial-cluster-state', 'new'],
        ['--log-level', 'error'],
        ['--logger', 'zap'],
      ].flat(),
      { stdio: ['ignore', 'ignore', 'inherit'] },
    ),
  )
  await Promise.all(clientPorts.map((port) => untilHealthy(url(port))))
  return {
    async load(clients, seconds, bytes) {
      const endpoints = clientPorts.map((port) => `127.0.0.1:${port}`).join(',')
      const { stdout } = await run(
        client,
        [
          ['-endpoints', endpoints],
          ['-clients', String(clients)],
          ['-seconds', String(seconds)],
          ['-bytes', String(bytes)],
        ].flat(),
      )
      const answer = JSON.parse(stdout) as Load & { failures: number }
      if (answer.failures > 0) throw new Error(`etcd refused ${answer.failures} writes`)
      return answer
    },
    async stop() {
      await Promise.all(children.map(stopProcess))
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function untilHealthy(url: string): Promise<void> {
  for (const end = Date.now() + START_MS; Date.now() < end;) {
    const answer = await fetch(`${url}/health`).catch(() => null)
    if (answer?.ok === true && ((await answer.json()) as { health: string }).health === 'true') return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`etcd at ${url} did not start`)
}

async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  child.kill('SIGTERM')
  await once(child, 'exit')
}
