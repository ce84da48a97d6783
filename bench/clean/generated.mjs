import { initializer, model, node } from './onnx-writer.mjs';

/** Numbers in −0.5 … 0.5 that depend on the seed alone. */
function numbers(count, seed) {
  let state = seed * 2654435761 + 1;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  });
}

/**
 * Blocks as exporters write them: Conv, BatchNormalization, Relu, Identity, two transpositions that cancel, and a Reshape
 * to a shape reckoned from the tensor itself.
 * @returns the model of at least `count` nodes, and how many it has
 */
export function blocks(count) {
  const parts = [
    initializer('zero', [], BigInt64Array.of(0n)),
    initializer('axes', [1], BigInt64Array.of(0n)),
    initializer('rest', [3], BigInt64Array.of(4n, 4n, 4n)),
  ];
  let nodes = 0;
  let x = 'x';
  const add = (opType, block, inputs, attributes) => {
    const name = `${block}/${opType}${nodes++}`;
    parts.push(node(opType, name, inputs, [name], attributes));
    return name;
  };
  for (let i = 0; nodes < count; i++) {
    const block = `block${i}`;
    const constant = (name, shape, data) => {
      parts.push(initializer(`${block}.${name}`, shape, data));
      return `${block}.${name}`;
    };
    const norm = ['gamma', 'beta', 'mean'].map((name, k) => constant(name, [4], numbers(4, 10 * i + k)));
    norm.push(constant('variance', [4], Float32Array.of(1, 2, 3, 4)));
    x = add('Conv', block, [x, constant('weight', [4, 4, 1, 1], numbers(16, 10 * i + 4))]);
    x = add('BatchNormalization', block, [x, ...norm]);
    x = add('Relu', block, [x]);
    x = add('Identity', block, [x]);
    x = add('Transpose', block, [x], { perm: [0, 2, 3, 1] });
    x = add('Transpose', block, [x], { perm: [0, 3, 1, 2] });
    const batch = add('Gather', block, [add('Shape', block, [x]), 'zero']);
    const shape = add('Concat', block, [add('Unsqueeze', block, [batch, 'axes']), 'rest'], { axis: 0 });
    x = add('Reshape', block, [x, shape]);
  }
  parts.push(node('Identity', 'last', [x], ['y']));
  return { bytes: model(parts, ['x', ['batch', 4, 4, 4]], ['y', ['batch', 4, 4, 4]]), nodes: nodes + 1 };
}

/** A chain of small element-wise nodes, each with a constant of its own, many of them equal, some neutral. */
export function elementwise(count) {
  const parts = [];
  let x = 'x';
  const opTypes = ['Add', 'Mul', 'Relu', 'Sub', 'Div', 'Sigmoid', 'Max', 'Neg'];
  for (let i = 0; i < count; i++) {
    const opType = opTypes[i % opTypes.length];
    const inputs = [x];
    if (['Add', 'Mul', 'Sub', 'Div', 'Max'].includes(opType)) {
      const isNeutral = i % 5 === 0;
      const value = isNeutral ? Number(opType === 'Mul' || opType === 'Div') : 1 + (i % 100) / 100;
      parts.push(initializer(`c${i}`, [4], new Float32Array(4).fill(value)));
      inputs.push(`c${i}`);
    }
    x = i === count - 1 ? 'y' : `v${i}`;
    parts.push(node(opType, `n${i}`, inputs, [x]));
  }
  return { bytes: model(parts, ['x', ['batch', 4]], ['y', ['batch', 4]]), nodes: count };
}
