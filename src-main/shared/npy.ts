/**
 * Arrays as files that numpy.load reads: NPY format version 1.0, little-endian, C order.
 * Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */

/** The numbers that can be written, and what NumPy calls their type. */
const types = [
  [Float32Array, '<f4'],
  [Float64Array, '<f8'],
  [Int32Array, '<i4'],
  [Uint8Array, '|u1'],
] as const;

export type NpyValues = Float32Array | Float64Array | Int32Array | Uint8Array;

/** The header's end, and with it the first number, lies at a multiple of this. */
const alignment = 64;
/** "\x93NUMPY", version 1.0, and the length of the header in two bytes. */
const preamble = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0];

/**
 * `values` row by row (the last axis runs fastest) as the bytes of an .npy file. [] is a single number's shape.
 * @throws RangeError when `shape` holds another number of values.
 */
export function npy(values: NpyValues, shape: readonly number[]): Uint8Array<ArrayBuffer> {
  const size = shape.reduce((product, side) => product * side, 1);
  if (size !== values.length) throw new RangeError(`${values.length} values have no shape [${shape.join(', ')}].`);
  const descr = types.find(([type]) => values instanceof type)![1];
  const axes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const words = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${axes}), }`;
  const before = preamble.length + 2;
  const whole = Math.ceil((before + words.length + 1) / alignment) * alignment;
  const header = new TextEncoder().encode(`${words.padEnd(whole - before - 1)}\n`);

  const file = new Uint8Array(whole + values.byteLength);
  file.set(preamble);
  new DataView(file.buffer).setUint16(preamble.length, header.length, true);
  file.set(header, before);
  file.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), whole);
  return file;
}
