import type { Value } from '../../onnx/ir/value.ts';
import type { Form, FormContext } from '../form.ts';
import { activate } from '../fuse-into-convolutions.ts';
import { nchwcConv } from '../nchwc.ts';

/** An operator without axes does the same on maps in any layout. */
function elementwise(isZeroAtZero: (context: FormContext, filled: readonly boolean[]) => boolean): Form {
  return (context) => {
    const { node, write, values, shapeOf } = context;
    const shape = shapeOf(node.output);
    if (shape.length !== 4) return false;
    const isMap = (value: Value) =>
      shapeOf(value).every((n, i) => n === shape[i]) && shapeOf(value).length === 4;
    const isSingle = (value: Value) => shapeOf(value).every((n) => n === 1);
    const inputs = node.inputs.filter((value) => value !== undefined);
    if (inputs.length !== node.inputs.length) return false;
    if (!inputs.every((value) => isMap(value) || isSingle(value))) return false;
    const maps = inputs.filter((value) => isMap(value) && !isSingle(value));
    if (!maps.some((value) => values.isBlocked(value))) return false;
    for (const value of inputs) if (!maps.includes(value)) values.makePlain(value);
    const sources = new Map(maps.map((value) => [value, values.unfilled(value)]));
    const result = write.op(
      node.opType,
      inputs.map((value) => sources.get(value)?.value ?? value),
    );
    // The same attributes, as they are.
    for (const [name, attribute] of node.attributes) result.producer!.attributes.set(name, attribute);
    const isWhole = values.whole(shape[1]) === shape[1];
    const filled = inputs.map((value) => sources.get(value)?.isZeroFilled ?? false);
    context.giveBlocked(0, { value: result, isZeroFilled: isWhole || isZeroAtZero(context, filled) });
    return true;
  };
}

/** f(0) = 0 */
const keepsZero = elementwise((_, [first]) => first);
const losesZero = elementwise(() => false);
const sumOfZeros = elementwise((_, filled) => filled.every((isZero) => isZero));
const product = elementwise((_, filled) => filled.some((isZero) => isZero));
const clip = elementwise(({ node, numbers, input }, [first]) => {
  const bound = (index: number) => (node.inputs[index] && input(index) ? numbers(index)?.[0] : undefined);
  const [low, high] = [bound(1), bound(2)];
  return first && low !== undefined && high !== undefined && low <= 0 && high >= 0;
});

/**
 * max(0, min(1, α·x + β)): a depthwise 1 × 1 convolution that cuts its result: on small maps the engine's own operator is
 * slower. The masks of ReLU are such.
 */
const hardSigmoid: Form = (context) => {
  const { node, write, values, input, shapeOf } = context;
  const shape = shapeOf(node.output);
  if (shape.length !== 4 || !values.isBlocked(input(0))) return false;
  const { value } = values.unfilled(input(0));
  const group = values.whole(shape[1]);
  const filled = (x: number, dims: readonly number[]) =>
    write.constant({ dtype: 'float', shape: dims, data: new Float32Array(group).fill(x) });
  const beta = node.float('beta') ?? 0.5;
  const result = nchwcConv(write, {
    x: value,
    weight: filled(node.float('alpha') ?? 0.2, [group, 1, 1, 1]),
    bias: filled(beta, [group]),
    kernel: [1, 1],
    group,
  });
  activate(result.producer!, { name: 'Clip', parameters: [0, 1] });
  context.giveBlocked(0, { value: result, isZeroFilled: group === shape[1] });
  return true;
};

export const elementwiseForms: Readonly<Record<string, Form>> = {
  Relu: keepsZero,
  LeakyRelu: keepsZero,
  Elu: keepsZero,
  Tanh: keepsZero,
  Abs: keepsZero,
  Neg: keepsZero,
  Erf: keepsZero,
  HardSwish: keepsZero,
  Gelu: keepsZero,
  Clip: clip,
  Sigmoid: losesZero,
  HardSigmoid: hardSigmoid,
  Add: sumOfZeros,
  Sub: sumOfZeros,
  Sum: sumOfZeros,
  Mul: product,
};
