/** A network of plain layers as an ONNX model, and onnxruntime-node to run it; it is no part of this program. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import protobuf from 'protobufjs';
import type { NamedTensor } from '../src-main/engine/training/trainer.ts';
import type { Layer, Network } from '../src-main/shared/network/spec.ts';
import { benchFolder } from './machine.ts';

export const onnxVersions = { 'onnxruntime-node': '1.30.0' };

interface Tensor {
  data: Float32Array;
}
interface InferenceSession {
  run(feeds: Record<string, Tensor>): Promise<Record<string, Tensor>>;
}
/** What is used of the package; its own types come with it, into a folder that may not be there. */
interface OnnxRuntime {
  Tensor: new <E extends Element>(
    type: E,
    data: E extends 'uint8' ? Uint8Array : Float32Array,
    shape: number[],
  ) => Tensor;
  InferenceSession: { create(model: Uint8Array): Promise<InferenceSession> };
}

/** Installs the package when it is not there yet. */
export function onnxRuntime(): OnnxRuntime {
  const [[name, version]] = Object.entries(onnxVersions) as [[string, string]];
  const folder = join(benchFolder(), `${name}-${version}`);
  if (!existsSync(join(folder, 'node_modules', name))) {
    console.error(`Installing ${name} ${version} into ${folder} (once)`);
    // The library for Linux is inside the package; its script only fetches the one for CUDA.
    const words = ['install', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', `${name}@${version}`];
    execFileSync('npm', words, { stdio: ['ignore', 'inherit', 'inherit'] });
  }
  return createRequire(join(folder, 'package.json'))(name) as OnnxRuntime;
}

const messages = protobuf.parse(
  `
  syntax = "proto3";
  package onnx;
  message AttributeProto { string name = 1; int64 i = 3; repeated int64 ints = 8; int32 type = 20; }
  message TensorProto { repeated int64 dims = 1; int32 data_type = 2; string name = 8; bytes raw_data = 9; }
  message NodeProto { repeated string input = 1; repeated string output = 2; string op_type = 4; repeated AttributeProto attribute = 5; }
  message ValueInfoProto {
    message TypeProto {
      message Tensor { int32 elem_type = 1; ShapeProto shape = 2; }
      Tensor tensor_type = 1;
    }
    message ShapeProto {
      message Dimension { int64 dim_value = 1; string dim_param = 2; }
      repeated Dimension dim = 1;
    }
    string name = 1;
    TypeProto type = 2;
  }
  message GraphProto {
    repeated NodeProto node = 1;
    string name = 2;
    repeated TensorProto initializer = 5;
    repeated ValueInfoProto input = 11;
    repeated ValueInfoProto output = 12;
  }
  message OperatorSetIdProto { string domain = 1; int64 version = 2; }
  message ModelProto { int64 ir_version = 1; GraphProto graph = 7; repeated OperatorSetIdProto opset_import = 8; }
  `,
  { keepCase: true },
).root;

/** As ONNX numbers types of attributes and of elements. */
const [INT, INTS] = [2, 7];
const elements = { float32: 1, uint8: 2 };
type Element = keyof typeof elements;
const ints = (name: string, values: readonly number[]) => ({ name, ints: values, type: INTS });

/**
 * To "probabilities" [batch, classes] from "pixels": either float32 [batch, channels, height, width], 0 to 1, as the first
 * convolution takes them, or uint8 [batch, height, width, channels], as images are decoded. For chains of convolutions
 * without padding, relu, max pools, flatten and dense.
 */
export function onnxModel(
  network: Network,
  weights: readonly NamedTensor[],
  classes: number,
  pixels: Element,
): Uint8Array {
  const initializer: object[] = [];
  const take = (name: string, order: readonly number[]): string => {
    const { shape, values } = transposed(
      weights.find((one) => one.name === name)!,
      order,
    );
    const raw_data = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    initializer.push({ name, dims: shape, data_type: elements.float32, raw_data });
    return name;
  };
  const node = (layer: Layer, input: string): object[] => {
    const made = (op_type: string, more: readonly string[] = [], attribute: readonly object[] = []) => [
      { op_type, input: [input, ...more], output: [layer.name], attribute },
    ];
    switch (layer.kind) {
      case 'conv2d':
        return made(
          'Conv',
          [take(`${layer.name}/kernel`, [3, 2, 0, 1]), take(`${layer.name}/bias`, [0])],
          [ints('strides', layer.strides)],
        );
      case 'activation':
        return made('Relu');
      case 'maxPool':
        return made(
          'MaxPool',
          [],
          [ints('kernel_shape', layer.poolSize), ints('strides', layer.strides ?? layer.poolSize)],
        );
      case 'flatten': {
        const rows = `${layer.name}/rows`;
        return [
          { op_type: 'Transpose', input: [input], output: [rows], attribute: [ints('perm', [0, 2, 3, 1])] },
          { op_type: 'Flatten', input: [rows], output: [layer.name] },
        ];
      }
      case 'dense':
        return made('Gemm', [take(`${layer.name}/kernel`, [0, 1]), take(`${layer.name}/bias`, [0])]);
      default:
        throw new Error(`There is no ONNX node for ${layer.kind} here.`);
    }
  };
  const { size, channels } = network.input;
  const value = (name: string, shape: readonly number[], element: Element = 'float32') => {
    const dim = [{ dim_param: 'batch' }, ...shape.map((dim_value) => ({ dim_value }))];
    return { name, type: { tensor_type: { elem_type: elements[element], shape: { dim } } } };
  };
  const fromBytes = (): object[] => {
    const raw_data = new Uint8Array(Float32Array.of(1 / 255).buffer);
    initializer.push({ name: 'scale', dims: [], data_type: elements.float32, raw_data });
    return [
      { op_type: 'Transpose', input: ['pixels'], output: ['turned'], attribute: [ints('perm', [0, 3, 1, 2])] },
      {
        op_type: 'Cast',
        input: ['turned'],
        output: ['floats'],
        attribute: [{ name: 'to', i: elements.float32, type: INT }],
      },
      { op_type: 'Mul', input: ['floats', 'scale'], output: ['scaled'] },
    ];
  };
  const [first, input] =
    pixels === 'uint8'
      ? [fromBytes(), value('pixels', [...size, channels], pixels)]
      : [[], value('pixels', [channels, ...size])];
  const names = [pixels === 'uint8' ? 'scaled' : 'pixels', ...network.layers.map(({ name }) => name)];
  const softmax = { op_type: 'Softmax', input: [names.at(-1)!], output: ['probabilities'] };
  const attribute = [{ name: 'axis', i: 1, type: INT }];
  const graph = {
    name: 'network',
    node: [...first, ...network.layers.flatMap((layer, at) => node(layer, names[at]!)), { ...softmax, attribute }],
    initializer,
    input: [input],
    output: [value('probabilities', [classes])],
  };
  const type = messages.lookupType('onnx.ModelProto');
  return type.encode(type.fromObject({ ir_version: 9, graph, opset_import: [{ domain: '', version: 17 }] })).finish();
}

/** The same numbers with the axes in another order: axis i of the result is axis `order[i]`. */
export function transposed({ shape, values }: { shape: number[]; values: Float32Array }, order: readonly number[]) {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, length) => product * length, 1));
  const turned = order.map((axis) => shape[axis]!);
  const result = Float32Array.from(values, (_, at) => {
    let from = 0;
    for (let axis = order.length - 1, rest = at; axis >= 0; axis--) {
      from += (rest % turned[axis]!) * strides[order[axis]!]!;
      rest = Math.floor(rest / turned[axis]!);
    }
    return values[from]!;
  });
  return { shape: turned, values: result };
}
