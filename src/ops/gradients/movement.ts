import type { GradientRule, GradientRules } from '../gradient.ts';

/** The same elements in the shape they had. */
const reshaped: GradientRule = (context) => [
  context.write.reshape(context.gradient(0)!, context.inputShape(0)),
];

const transpose: GradientRule = (context) => {
  const rank = context.inputShape(0).length;
  const perm = context.node.ints('perm') ?? Array.from({ length: rank }, (_, i) => rank - 1 - i);
  const inverse = perm.map((_, axis) => perm.indexOf(axis));
  return [context.write.transpose(context.gradient(0)!, inverse)];
};

const expand: GradientRule = (context) => [
  context.write.sumTo(context.gradient(0)!, context.outputShape(0), context.inputShape(0)),
];

/** Copies are laid side by side, [r₀, n₀, r₁, n₁, …], and summed. */
const tile: GradientRule = (context) => {
  const shape = context.inputShape(0);
  const repeats = context.outputShape(0).map((n, axis) => n / shape[axis]);
  const split = context.write.reshape(
    context.gradient(0)!,
    shape.flatMap((n, axis) => [repeats[axis], n]),
  );
  return [
    context.write.sum(
      split,
      shape.map((_, axis) => 2 * axis),
      false,
    ),
  ];
};

/** Only between floating-point types; what was cast from integers is not asked for. */
const cast: GradientRule = (context) => [context.write.cast(context.gradient(0)!, 'float')];

/** Depth to space is a permutation of elements; so is its inverse, which is the gradient. */
const depthToSpace: GradientRule = (context) => {
  const { node, write } = context;
  const block = node.int('blocksize') ?? 1;
  const [n, c, h, w] = context.inputShape(0);
  const depth = c / (block * block);
  const parts = write.reshape(context.gradient(0)!, [n, depth, h, block, w, block]);
  const isColumnRow = node.string('mode') === 'CRD';
  const perm = isColumnRow ? [0, 1, 3, 5, 2, 4] : [0, 3, 5, 1, 2, 4];
  return [write.reshape(write.transpose(parts, perm), [n, c, h, w])];
};

const spaceToDepth: GradientRule = (context) => {
  const block = context.node.int('blocksize') ?? 1;
  return [context.write.op('DepthToSpace', [context.gradient(0)!], { blocksize: block, mode: 'DCR' })];
};

export const movementGradients: GradientRules = {
  Reshape: reshaped,
  Flatten: reshaped,
  Squeeze: reshaped,
  Unsqueeze: reshaped,
  Transpose: transpose,
  Expand: expand,
  Tile: tile,
  Cast: cast,
  CastLike: cast,
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
};
