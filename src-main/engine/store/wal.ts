/**
 * Whether SQLite's write-ahead log holds every change that was acknowledged. SQLite itself ends a damaged log at the first
 * frame that does not fit, without a word: the same as a change that a crash cut off. But the log's index, which a killed
 * process leaves behind, counts only what had reached the disk. To be asked before SQLite opens the database, which
 * makes the index anew. Layouts: https://www.sqlite.org/fileformat2.html#walformat and
 * https://www.sqlite.org/walformat.html.
 */
import { readFileSync } from 'node:fs';

const headerBytes = 32;
const frameHeaderBytes = 24;
const indexHeaderBytes = 48;
/** Its last bit is the byte order of the checksums. */
const magic = 0x377f0682;

interface Log {
  /** Hexadecimal; new ones each time the log begins anew. */
  salts: string;
  /** Frames that are whole, up to the end of a transaction. */
  frames: number;
  /** Whole transactions of this log stand behind a frame that is damaged. */
  broken: boolean;
}

interface Claim {
  salts: string;
  frames: number;
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

const viewOf = (bytes: Buffer): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

/** SQLite's running checksum over whole 8-byte groups. */
function addChecksum([a, b]: readonly [number, number], data: DataView, from: number, to: number, little: boolean) {
  let [s0, s1] = [a, b];
  for (let at = from; at < to; at += 8) {
    s0 = (s0 + data.getUint32(at, little) + s1) >>> 0;
    s1 = (s1 + data.getUint32(at + 4, little) + s0) >>> 0;
  }
  return [s0, s1] as const;
}

/** Null when the log's header is not whole. */
function readLog(bytes: Buffer): Log | null {
  if (bytes.length < headerBytes) return null;
  const view = viewOf(bytes);
  const order = view.getUint32(0);
  if ((order & ~1) >>> 0 !== magic) return null;
  const little = (order & 1) === 0;
  let sum = addChecksum([0, 0], view, 0, 24, little);
  if (sum[0] !== view.getUint32(24) || sum[1] !== view.getUint32(28)) return null;

  const salts = saltsOf(bytes);
  const frameBytes = frameHeaderBytes + view.getUint32(8);
  const log: Log = { salts, frames: 0, broken: false };
  let whole = true;
  let commitsBehind = 0;
  for (let index = 0; headerBytes + (index + 1) * frameBytes <= bytes.length; index++) {
    const at = headerBytes + index * frameBytes;
    // Of an earlier log that was longer than this one.
    if (bytes.toString('hex', at + 8, at + 16) !== salts) {
      whole = false;
      continue;
    }
    const isCommit = view.getUint32(at + 4) > 0;
    if (whole) {
      sum = addChecksum(sum, view, at, at + 8, little);
      sum = addChecksum(sum, view, at + frameHeaderBytes, at + frameBytes, little);
      whole = sum[0] === view.getUint32(at + 16) && sum[1] === view.getUint32(at + 20);
    }
    if (whole && isCommit) log.frames = index + 1;
    if (whole) continue;
    // A crash may leave the newest transaction in any order, but not a second one behind it.
    if (commitsBehind > 0) log.broken = true;
    if (isCommit) commitsBehind++;
  }
  return log;
}

/** The salts of the log as it stands, hexadecimal; null when there is none. */
export function logSalts(path: string): string | null {
  const bytes = readBytes(path);
  return bytes.length < headerBytes ? null : saltsOf(bytes);
}

const saltsOf = (header: Buffer): string => header.toString('hex', 16, 24);

/** What the log's index says of the log; it begins with its header, twice. */
function readClaims(bytes: Buffer): Claim[] {
  const view = viewOf(bytes);
  return [0, indexHeaderBytes].flatMap((at) => {
    if (bytes.length < at + indexHeaderBytes) return [];
    const [s0, s1] = addChecksum([0, 0], view, at, at + 40, true);
    if (s0 !== view.getUint32(at + 40, true) || s1 !== view.getUint32(at + 44, true)) return [];
    return [{ frames: view.getUint32(at + 16, true), salts: bytes.toString('hex', at + 32, at + 40) }];
  });
}

/** Whether that log is `merged` or came before it: the first salt goes up by one each time a log begins anew. */
function isMerged(salts: string, merged: string): boolean {
  const [number, newest] = [salts, merged].map((each) => Number.parseInt(each.slice(0, 8), 16)) as [number, number];
  return (newest - number) >>> 0 < 2 ** 16;
}

/**
 * True when changes that had been acknowledged are missing in the log of `database` (a path). `merged` are the salts of
 * the log that was merged into it last, null when that is not known: after a power cut the index may be of an earlier log.
 */
export function isLogCutShort(database: string, merged: string | null): boolean {
  const bytes = readBytes(`${database}-wal`);
  const claims = readClaims(readBytes(`${database}-shm`)).filter(({ frames }) => frames > 0);
  const log = readLog(bytes);
  if (log) return log.broken || claims.some(({ salts, frames }) => salts === log.salts && frames > log.frames);
  // An empty log was merged just now, or never written to.
  return bytes.length > 0 || (merged !== null && claims.some(({ salts }) => !isMerged(salts, merged)));
}
