/** Every bound between a node and its work places: what either side may make the other hold, wait for or do. */
const KiB = 1024
const MiB = 1024 * KiB

export type PlaceLimits = {
  /** As much as the window may send to its own process. */
  readonly requestBytesMax: number
  /** A report with its first hundred rejects is far below. */
  readonly answerBytesMax: number
  /** Answers and events that a reader lets wait; one that reads no more is cut. */
  readonly unreadBytesMax: number
  /** Events beyond this are left out: whoever asks again learns the same. */
  readonly unreadEventBytesMax: number
  /** Calls of one work place that are not answered yet; one more is a violation. */
  readonly callsMax: number
  /** The bytes of those together; more are a violation, too. */
  readonly callsBytesMax: number
  /** Calls of one work place: what it may make for ever, and at once after a rest. Somebody who types asks a few a second. */
  readonly callsPerSecond: number
  readonly callsBurst: number
  /** Calls beyond those that are answered with a refusal; whoever goes on is cut. */
  readonly refusedPerSecond: number
  readonly refusedBurst: number
  readonly pingEveryMs: number
  /** Without a byte for this long the other side counts as gone. */
  readonly silenceMs: number
  /** How long a work place that was just admitted may take to say hello. */
  readonly helloMs: number
  /** A line on which the hello has not come to an end by then is given up, and another one is dialled. */
  readonly greetMs: number
  /** How often the node tries an address again that another program had. */
  readonly listenAgainMs: number
  /** A session whose work place is cut off ends after this at the latest, and earlier by its idle lock. */
  readonly cutOffMs: number
  readonly redialFirstMs: number
  readonly redialMaxMs: number
  readonly dialMs: number
  readonly pairingMs: number
  /** After the answer of a pairing, for the answer to arrive. */
  readonly pairedMs: number
  /** So long the node is at its old port too, for what it says about the new one to arrive. */
  readonly movedMs: number
  readonly placesMax: number
  /** Those that are remembered after their removal. */
  readonly removedMax: number
  /** What was typed since the last draft is on the disk after this. */
  readonly draftSettlesMs: number
}

export const PLACE_LIMITS: PlaceLimits = {
  requestBytesMax: 4 * MiB,
  answerBytesMax: 16 * MiB,
  unreadBytesMax: 32 * MiB,
  unreadEventBytesMax: 1 * MiB,
  callsMax: 128,
  callsBytesMax: 16 * MiB,
  callsPerSecond: 50,
  callsBurst: 2_000,
  refusedPerSecond: 20,
  refusedBurst: 500,
  pingEveryMs: 2_000,
  silenceMs: 8_000,
  helloMs: 5_000,
  greetMs: 15_000,
  listenAgainMs: 10_000,
  cutOffMs: 30 * 60_000,
  redialFirstMs: 250,
  redialMaxMs: 5_000,
  dialMs: 6_000,
  pairingMs: 10 * 60_000,
  pairedMs: 3_000,
  movedMs: 1_000,
  placesMax: 200,
  removedMax: 1_000,
  draftSettlesMs: 3_000,
}
