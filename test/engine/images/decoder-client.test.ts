import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { DecoderClient } from '../../../src-main/engine/images/decoder-client.ts';
import type { DecoderOptions } from '../../../src-main/engine/images/decoder-client.ts';
import { blackPng, patternImage, rgb, temporaryFolder, writeTo } from '../../decoder/support.ts';
import { expectWithin } from '../../clock.ts';

const folder = temporaryFolder();
const good = writeTo(folder, 'good.png', await patternImage().png().toBuffer());
/** Takes about a second to decode: time enough to end the process that does it. */
const slow = writeTo(folder, 'slow.png', blackPng(9_900, 10_000, 24));

const open: DecoderClient[] = [];
function start(options: DecoderOptions): { decoder: DecoderClient; lost: string[] } {
  const decoder = new DecoderClient(options);
  open.push(decoder);
  const lost: string[] = [];
  decoder.onLost((message) => lost.push(message));
  return { decoder, lost };
}
afterEach(() => Promise.all(open.splice(0).map((decoder) => decoder.close())));

const kill = (decoder: DecoderClient, signal: NodeJS.Signals = 'SIGKILL'): void => {
  for (const pid of decoder.pids) process.kill(pid, signal);
};
const exists = (pid: number): boolean => {
  try {
    // A zombie has ended: it only waits to be asked how.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};
async function until(condition: () => boolean): Promise<void> {
  for (const end = Date.now() + 10_000; !condition(); await setTimeout(10)) {
    if (Date.now() > end) throw new Error(`not within 10 s: ${String(condition)}`);
  }
}

test('nothing runs before the first call', async () => {
  const { decoder } = start({ processes: 2 });
  expect(decoder.pids).toEqual([]);
  await decoder.probe(good);
  expect(decoder.pids).toHaveLength(1);
  await Promise.all([decoder.probe(slow), decoder.probe(slow)]);
  // The first may have done both before the second is up.
  await until(() => decoder.pids.length === 2);
});

test('a decoder that was warmed up takes what comes while others start', async () => {
  const { decoder } = start({ processes: 2 });
  decoder.warmUp();
  await until(() => decoder.pids.length === 1);
  const [pid] = decoder.pids;
  await Promise.all([decoder.probe(good), decoder.probe(good), decoder.probe(good)]);
  expect(decoder.pids).toEqual([pid]);
});

test('a decoder killed at work: the image gets another try, no other image notices', async () => {
  const { decoder, lost } = start({ processes: 1 });
  await decoder.probe(good);
  const first = decoder.probe(slow);
  const waiting = Array.from({ length: 20 }, () => decoder.pixels(good, rgb(12, 16)));
  await setTimeout(50);
  kill(decoder);
  expect(await first).toMatchObject({ status: 'ok', width: 10_000 });
  for (const pixels of await Promise.all(waiting)) expect(pixels.length).toBe(12 * 16 * 3);
  expect(lost).toEqual(['An image decoder stopped (SIGKILL); a new one takes over.']);
});

test('an image that takes its decoder along twice is rejected, and only that image', async () => {
  const { decoder, lost } = start({ processes: 1 });
  await decoder.probe(good);
  const costly = decoder.probe(slow);
  const waiting = decoder.probe(good);
  const [first] = decoder.pids;
  kill(decoder);
  await until(() => decoder.pids.length === 1 && decoder.pids[0] !== first);
  kill(decoder);
  expect(await costly).toEqual({ status: 'rejected', reason: 'the image decoder crashed on it twice (SIGKILL)' });
  expect(await waiting).toMatchObject({ status: 'ok' });
  expect(lost).toHaveLength(2);
});

test('what only waited in a decoder that was lost is no fault of its image, however often', async () => {
  const { decoder, lost } = start({ processes: 1 });
  await decoder.probe(good);
  const costly = [decoder.probe(slow), decoder.probe(slow)];
  const last = decoder.probe(good);
  const outcomes = Promise.all(costly);
  for (let round = 0; round < 4; round++) {
    await until(() => lost.length === round && decoder.pids.length === 1);
    kill(decoder);
  }
  const rejected = { status: 'rejected', reason: 'the image decoder crashed on it twice (SIGKILL)' };
  expect(await outcomes).toEqual([rejected, rejected]);
  expect(await last).toMatchObject({ status: 'ok' });
});

test('what a person waits for comes before the work that waits, but for the one image that waits in the decoder', async () => {
  const { decoder } = start({ processes: 1 });
  await decoder.probe(good);
  const done: string[] = [];
  const note = (name: string) => () => void done.push(name);
  const work = [decoder.probe(slow).then(note('at work')), decoder.probe(good).then(note('waits there'))];
  await setTimeout(); // both are in the decoder, which takes about a second for the first
  work.push(decoder.probe(good).then(note('queued')));
  work.push(decoder.thumbnail(good, 64, { priority: 'ahead' }).then(note('ahead')));
  work.push(decoder.thumbnail(good, 64, { priority: 'now' }).then(note('now')));
  await Promise.all(work);
  expect(done).toEqual(['at work', 'waits there', 'now', 'queued', 'ahead']);
});

test('a decoder killed while idle is replaced at the next call', async () => {
  const { decoder, lost } = start({ processes: 1 });
  await decoder.probe(good);
  kill(decoder);
  await until(() => lost.length === 1);
  const before = performance.now();
  expect(await decoder.probe(good)).toMatchObject({ status: 'ok' });
  expectWithin(5000, before);
});

test('a call right after a kill, before its end is known, is answered', async () => {
  const { decoder } = start({ processes: 1 });
  for (let round = 0; round < 5; round++) {
    kill(decoder);
    expect(await decoder.probe(good)).toMatchObject({ status: 'ok' });
  }
});

test('a decoder that hangs is ended, and the image rejected', async () => {
  const { decoder, lost } = start({ processes: 1, timeoutMs: 700 });
  await decoder.probe(good);
  kill(decoder, 'SIGSTOP');
  await until(() => /^State:\s+T/m.test(readFileSync(`/proc/${decoder.pids[0]}/status`, 'utf8')));
  const hanging = decoder.pixels(good, rgb(8, 8));
  const waiting = decoder.pixels(good, rgb(8, 8));
  await expect(hanging).rejects.toMatchObject({
    code: 'unreadable',
    message: 'decoding it took longer than 0.7 s and was given up',
  });
  expect((await waiting).length).toBe(8 * 8 * 3);
  expect(lost).toEqual(['An image decoder stopped (it hung); a new one takes over.']);
});

test('closing ends the processes and rejects what waits', async () => {
  const { decoder, lost } = start({ processes: 2 });
  await Promise.all([decoder.probe(slow), decoder.probe(slow)]);
  await until(() => decoder.pids.length === 2);
  const calls = Array.from({ length: 6 }, () => decoder.pixels(slow, rgb(8, 8)));
  const outcomes = Promise.allSettled(calls);
  const pids = decoder.pids;
  kill(decoder, 'SIGSTOP'); // so that none answers before it is closed
  await decoder.close();
  for (const outcome of await outcomes) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'interrupted' } });
  }
  expect(pids.filter(exists)).toEqual([]);
  expect(lost).toEqual([]);
  await expect(decoder.probe(good)).rejects.toMatchObject({ code: 'interrupted' });
});

test('a listener that was taken off hears nothing', async () => {
  const { decoder, lost } = start({ processes: 1 });
  const silent: string[] = [];
  decoder.onLost((message) => silent.push(message))();
  await decoder.probe(good);
  kill(decoder);
  await until(() => lost.length === 1);
  expect(silent).toEqual([]);
});

test('what could change how it runs stays out of its environment', async () => {
  process.env['NODE_OPTIONS'] = '--max-old-space-size=300';
  process.env['RECEPTIVE_SECRET'] = 'x';
  try {
    const { decoder } = start({ processes: 1 });
    await decoder.probe(good);
    const names = readFileSync(`/proc/${decoder.pids[0]}/environ`, 'utf8')
      .split('\0')
      .map((variable) => variable.split('=')[0]);
    expect(names).toContain('VIPS_BLOCK_UNTRUSTED');
    expect(names).not.toContain('NODE_OPTIONS');
    expect(names).not.toContain('RECEPTIVE_SECRET');
  } finally {
    delete process.env['NODE_OPTIONS'];
    delete process.env['RECEPTIVE_SECRET'];
  }
});

const client = fileURLToPath(new URL('../../../src-main/engine/images/decoder-client.ts', import.meta.url));
const script = (ending: string): string => `
  const { DecoderClient } = await import(${JSON.stringify(client)});
  const decoder = new DecoderClient({ processes: 1 });
  await decoder.probe(${JSON.stringify(good)});
  console.log(decoder.pids[0]);
  ${ending}`;

test('when the engine is killed, its decoder ends too', async () => {
  const engine = spawn(process.execPath, ['--input-type=module', '-e', script('setInterval(() => {}, 1000);')]);
  const pid = Number(String(await once(engine.stdout, 'data')));
  expect(exists(pid)).toBe(true);
  engine.kill('SIGKILL');
  await until(() => !exists(pid));
});

test('an idle decoder does not keep a program that is done from ending', async () => {
  const engine = spawn(process.execPath, ['--input-type=module', '-e', script('')]);
  const [code] = (await once(engine, 'exit')) as [number];
  expect(code).toBe(0);
});

test('a program that closes its decoder as that reports to be up waits for its end', async () => {
  const program = script(`
    const other = new DecoderClient({ processes: 1 });
    other.warmUp();
    await decoder.close();
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2000); // the report is there, but not read yet
    await other.close();`);
  const engine = spawn(process.execPath, ['--input-type=module', '-e', program]);
  const [code] = (await once(engine, 'exit')) as [number];
  expect(code).toBe(0);
});

test('Ctrl+C in the terminal leaves the decoder to the engine', async () => {
  const { decoder, lost } = start({ processes: 1 });
  await decoder.probe(good);
  const [pid] = decoder.pids;
  kill(decoder, 'SIGINT');
  expect(await decoder.probe(good)).toMatchObject({ status: 'ok' });
  expect(decoder.pids).toEqual([pid]);
  expect(lost).toEqual([]);
});
