// Just enough of ONNX's protobuf encoding to write generated graphs (https://github.com/onnx/onnx, onnx.proto).

const FLOAT = 1;
const INT64 = 7;

function varint(value) {
  const bytes = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}

const integer = (field, value) => Buffer.concat([varint(field << 3), varint(value)]);
const bytes = (field, payload) => Buffer.concat([varint((field << 3) | 2), varint(payload.length), payload]);
const text = (field, value) => bytes(field, Buffer.from(value));
const message = (field, ...parts) => bytes(field, Buffer.concat(parts));

/** TensorProto `name` of a Float32Array or BigInt64Array, as initializer of a graph. */
export function initializer(name, shape, data) {
  const dtype = data instanceof Float32Array ? FLOAT : INT64;
  const raw = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return message(5, ...shape.map((n) => integer(1, n)), integer(2, dtype), text(8, name), bytes(9, raw));
}

/** NodeProto; attributes are integers or lists of them. */
export function node(opType, name, inputs, outputs, attributes = {}) {
  const INT = 2;
  const INTS = 7;
  const written = Object.entries(attributes).map(([key, value]) =>
    Array.isArray(value)
      ? message(5, text(1, key), ...value.map((n) => integer(8, n)), integer(20, INTS))
      : message(5, text(1, key), integer(3, value), integer(20, INT)),
  );
  const edges = [...inputs.map((v) => text(1, v)), ...outputs.map((v) => text(2, v))];
  return message(1, ...edges, text(3, name), text(4, opType), ...written);
}

/** ValueInfoProto of a float tensor; a text is an open length. @param field 11 input, 12 output */
function value(field, name, shape) {
  const dims = shape.map((n) => message(1, typeof n === 'string' ? text(2, n) : integer(1, n)));
  return message(field, text(1, name), message(2, message(1, integer(1, FLOAT), message(2, ...dims))));
}

/** ModelProto of nodes and initializers between one input and one output, in operator set 13. */
export function model(parts, input, output) {
  const graph = message(7, ...parts, text(2, 'generated'), value(11, ...input), value(12, ...output));
  return Buffer.concat([integer(1, 8), graph, message(8, text(1, ''), integer(2, 13))]);
}
