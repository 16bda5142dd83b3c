import { describe, expect, it } from 'vitest';
import { npy } from '../../src-main/shared/npy.ts';

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

/** What numpy.save of NumPy 2.4.6 writes of the same arrays. */
const byNumpy = {
  float32:
    'k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAMA/zczMvQAAwH8AAIB/AACA////f38=',
  float64:
    'k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAqamZmZmZm5Py8wt7OnybqB',
  int32:
    'k05VTVBZAQB2AHsnZGVzY3InOiAnPGk0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDIsIDEpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoBAAAAAAAAgP///38AAAAA',
  uint8:
    'k05VTVBZAQB2AHsnZGVzY3InOiAnfHUxJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDMsKSwgfSAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAB/8=',
  number:
    'k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKCksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAADQPw==',
  empty:
    'k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDAsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAo=',
};

describe('npy', () => {
  it.each([
    ['float32', new Float32Array([1.5, -0.1, NaN, Infinity, -Infinity, 3.4028235e38]), [2, 3]],
    ['float64', new Float64Array([0.1, -2.5e-300]), [2]],
    ['int32', new Int32Array([1, -2147483648, 2147483647, 0]), [2, 2, 1]],
    ['uint8', new Uint8Array([0, 7, 255]), [3]],
    ['number', new Float64Array([0.25]), []],
    ['empty', new Float32Array(), [0, 3]],
  ] as const)('is byte for byte what NumPy writes: %s', (name, values, shape) => {
    expect(base64(npy(values, shape))).toBe(byNumpy[name]);
  });

  it('writes a part of a larger buffer', () => {
    const part = new Float32Array([9, 1.5, -0.1, NaN, Infinity, -Infinity, 3.4028235e38, 9]).subarray(1, 7);
    expect(base64(npy(part, [2, 3]))).toBe(byNumpy.float32);
  });

  it('refuses a shape that holds another number of values', () => {
    expect(() => npy(new Float32Array(5), [2, 3])).toThrow('5 values have no shape [2, 3]');
  });
});
