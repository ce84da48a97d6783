/**
 * The messages of onnx.proto on the way to tensors, as far as pare must walk the raw wire format: which fields hold
 * messages that may hold tensors, and which fields of a tensor hold its elements as plain little-endian bytes.
 */
export interface MessageShape {
  readonly name: string;
  /** Sub-messages to walk, by field number. */
  readonly messages: Readonly<Record<number, () => MessageShape>>;
  /** Fields whose bytes are the elements themselves, by field number (length-delimited, or packed fixed width). */
  readonly payloads?: readonly number[];
}

/** TensorProto.payload of pare's schema: the index of a payload kept apart. */
export const PAYLOAD_FIELD = 50000;
/** TensorProto.raw_data. */
export const RAW_DATA_FIELD = 9;

const tensor: MessageShape = { name: 'TensorProto', messages: {}, payloads: [RAW_DATA_FIELD, 4, 10] };
const attribute: MessageShape = {
  name: 'AttributeProto',
  messages: { 5: () => tensor, 6: () => graph, 10: () => tensor, 11: () => graph },
};
const node: MessageShape = { name: 'NodeProto', messages: { 5: () => attribute } };
const graph: MessageShape = { name: 'GraphProto', messages: { 1: () => node, 5: () => tensor } };
const modelFunction: MessageShape = {
  name: 'FunctionProto',
  messages: { 7: () => node, 11: () => attribute },
};

export const modelShape: MessageShape = {
  name: 'ModelProto',
  messages: { 7: () => graph, 25: () => modelFunction },
};
