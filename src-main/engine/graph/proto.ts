/** The few protobuf messages of a TensorFlow SavedModel, cut down to the fields that a graph written from scratch has. */
import protobuf from 'protobufjs';

const messages = protobuf.parse(
  `
  syntax = "proto3";
  package tensorflow;

  message TensorShapeProto {
    message Dim { int64 size = 1; }
    repeated Dim dim = 2;
  }
  message TensorProto {
    int32 dtype = 1;
    TensorShapeProto tensor_shape = 2;
    bytes tensor_content = 4;
  }
  message AttrValue {
    message ListValue { repeated int64 i = 3; }
    oneof value {
      ListValue list = 1;
      bytes s = 2;
      int64 i = 3;
      float f = 4;
      bool b = 5;
      int32 type = 6;
      TensorShapeProto shape = 7;
      TensorProto tensor = 8;
    }
  }
  message NodeDef {
    string name = 1;
    string op = 2;
    repeated string input = 3;
    string device = 4;
    map<string, AttrValue> attr = 5;
  }
  message VersionDef { int32 producer = 1; int32 min_consumer = 2; }
  message GraphDef { repeated NodeDef node = 1; VersionDef versions = 4; }
  message MetaInfoDef { repeated string tags = 4; }
  message MetaGraphDef { MetaInfoDef meta_info_def = 1; GraphDef graph_def = 2; }
  message SavedModel { int64 saved_model_schema_version = 1; repeated MetaGraphDef meta_graphs = 2; }
  `,
  { keepCase: true },
).root;

/** TensorFlow's numbers for element types. */
export const DataType = { float: 1, int32: 3, uint8: 4, bool: 10 } as const;
export type DataType = (typeof DataType)[keyof typeof DataType];

interface ShapeProto {
  dim: { size: number }[];
}

export type AttrValue =
  | { list: { i: number[] } }
  | { s: Uint8Array }
  | { i: number }
  | { f: number }
  | { b: boolean }
  | { type: DataType }
  | { shape: ShapeProto }
  | { tensor: { dtype: DataType; tensor_shape: ShapeProto; tensor_content: Uint8Array } };

export interface NodeDef {
  name: string;
  op: string;
  /** Tensors ("node" or "node:1"), then control inputs ("^node"). */
  input: string[];
  attr: Record<string, AttrValue>;
}

/** The tag under which the graph is saved and loaded. */
export const servingTag = 'serve';

/** The bytes of a saved_model.pb that holds these nodes and nothing else: no signature, saver or weights. */
export function encodeSavedModel(nodes: NodeDef[]): Uint8Array {
  const type = messages.lookupType('tensorflow.SavedModel');
  // Producer: the graph format of TensorFlow 2.18, read by it and all later releases.
  const graph = { node: nodes, versions: { producer: 1882, min_consumer: 12 } };
  const content = {
    saved_model_schema_version: 1,
    meta_graphs: [{ meta_info_def: { tags: [servingTag] }, graph_def: graph }],
  };
  return type.encode(type.fromObject(content)).finish();
}
