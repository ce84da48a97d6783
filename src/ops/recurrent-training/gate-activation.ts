import type { AttributeValue } from '../../onnx/ir/attribute.ts';
import type { Value } from '../../onnx/ir/value.ts';
import type { GraphWriter } from '../graph-writer.ts';

/** Writes an activation of a recurrence as differentiable operators. */
export type GateActivation = (write: GraphWriter, x: Value) => Value;

interface Form {
  readonly alpha?: number;
  readonly beta?: number;
  write(writer: GraphWriter, x: Value, alpha: number, beta: number): Value;
}

const float = (value: number): AttributeValue => ({ type: 'FLOAT', value });

function plain(opType: string): Form {
  return { write: (writer, x) => writer.op(opType, [x]) };
}

function withAlpha(opType: string, alpha: number): Form {
  return { alpha, write: (writer, x, own) => writer.op(opType, [x], { alpha: float(own) }) };
}

/** Activations that LSTM, GRU and RNN name, with the defaults of ONNX; names are compared in lower case, as engines do. */
const forms: ReadonlyMap<string, Form> = new Map<string, Form>([
  ['sigmoid', plain('Sigmoid')],
  ['tanh', plain('Tanh')],
  ['relu', plain('Relu')],
  ['softsign', plain('Softsign')],
  ['softplus', plain('Softplus')],
  ['leakyrelu', withAlpha('LeakyRelu', 0.01)],
  ['thresholdedrelu', withAlpha('ThresholdedRelu', 1)],
  ['elu', withAlpha('Elu', 1)],
  [
    'hardsigmoid',
    {
      alpha: 0.2,
      beta: 0.5,
      write: (writer, x, alpha, beta) =>
        writer.op('HardSigmoid', [x], { alpha: float(alpha), beta: float(beta) }),
    },
  ],
  [
    'affine',
    {
      alpha: 1,
      beta: 0,
      write: (writer, x, alpha, beta) =>
        writer.op('Add', [writer.op('Mul', [x, writer.scalar(alpha)]), writer.scalar(beta)]),
    },
  ],
  [
    'scaledtanh',
    {
      alpha: 1,
      beta: 1,
      write: (writer, x, alpha, beta) => {
        const inner = writer.op('Tanh', [writer.op('Mul', [x, writer.scalar(beta)])]);
        return writer.op('Mul', [inner, writer.scalar(alpha)]);
      },
    },
  ],
]);

/**
 * The activations by name, in order. Those that have an alpha (a beta) take the next number of the list, or their default.
 * Undefined where a name is unknown.
 */
export function gateActivations(
  names: readonly string[],
  alphas: readonly number[],
  betas: readonly number[],
): readonly GateActivation[] | undefined {
  const found: GateActivation[] = [];
  let [a, b] = [0, 0];
  for (const name of names) {
    const form = forms.get(name.toLowerCase());
    if (!form) return undefined;
    const alpha = form.alpha === undefined ? 0 : (alphas[a++] ?? form.alpha);
    const beta = form.beta === undefined ? 0 : (betas[b++] ?? form.beta);
    found.push((write, x) => form.write(write, x, alpha, beta));
  }
  return found;
}
