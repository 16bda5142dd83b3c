/** What was written, read by others than those that wrote it. */
import { execFileSync } from 'node:child_process';

export interface ReadArray {
  type: string;
  shape: number[];
  values: number[];
}

/** As https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html has it, version 1.0. */
export function readNpy(file: Uint8Array): ReadArray {
  const bytes = Buffer.from(file);
  if (bytes.toString('latin1', 0, 8) !== '\x93NUMPY\x01\x00') throw new Error('No NPY of version 1.0.');
  const start = 10 + bytes.readUInt16LE(8);
  const [, type = '', axes = ''] =
    /^\{'descr': '(.*)', 'fortran_order': False, 'shape': \((.*)\), \} *\n$/.exec(
      bytes.toString('latin1', 10, start),
    ) ?? [];
  const size = Number(type.slice(2));
  const read = {
    '<f4': (at: number) => bytes.readFloatLE(at),
    '<f8': (at: number) => bytes.readDoubleLE(at),
    '<i4': (at: number) => bytes.readInt32LE(at),
    '|u1': (at: number) => bytes.readUInt8(at),
  }[type];
  if (!read) throw new Error(`No type ${type}.`);
  return {
    type,
    shape: axes
      .split(',')
      .filter((axis) => axis.trim())
      .map(Number),
    values: Array.from({ length: (bytes.length - start) / size }, (_, at) => read(start + at * size)),
  };
}

/** The files of an archive by their names, unpacked by Python. */
export function readZip(file: Uint8Array): Map<string, Uint8Array> {
  const script = [
    'import base64, io, json, sys, zipfile',
    'archive = zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read()))',
    'assert archive.testzip() is None',
    'print(json.dumps({name: base64.b64encode(archive.read(name)).decode() for name in archive.namelist()}))',
  ].join('\n');
  const output = execFileSync('python3', ['-c', script], { input: file, maxBuffer: 2 ** 28 }).toString();
  const files = JSON.parse(output) as Record<string, string>;
  return new Map(Object.entries(files).map(([name, base64]) => [name, new Uint8Array(Buffer.from(base64, 'base64'))]));
}

/** The embedded pictures: their places on the whole drawing, by the groups that they are in, and their sizes. */
export function picturesIn(svg: string): { x: number; y: number; width: number; height: number }[] {
  const marks =
    /<g transform="translate\(([\d.]+) ([\d.]+)\)">|<\/g>|<image x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/g;
  const moves: [number, number][] = [];
  return [...svg.matchAll(marks)].flatMap(([mark, dx, dy, x, y, width, height]) => {
    if (mark === '</g>') moves.pop();
    else if (mark.startsWith('<g')) moves.push([Number(dx), Number(dy)]);
    else {
      const sum = (axis: 0 | 1) => moves.reduce((total, move) => total + move[axis], 0);
      return [{ x: sum(0) + Number(x), y: sum(1) + Number(y), width: Number(width), height: Number(height) }];
    }
    return [];
  });
}
