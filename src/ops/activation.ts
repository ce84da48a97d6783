import { addConstantInput } from './add-constant-input.ts';
import { axesKept } from './axes-kept.ts';
import { axesOfElementwise } from './axes-of-elementwise.ts';
import { qlinear } from './codes-forms.ts';
import { floatTypeOf } from './float-type-of.ts';
import type { Op } from './op.ts';
import { sameAsInput } from './same-as-input.ts';
import { unary } from './unary.ts';

export const activationOps: readonly Op[] = [
  unary('Relu', { kind: 'clamp', bounds: () => ({ min: 0, max: undefined }) }),
  {
    type: 'Clip',
    readsFloats: true,
    domain: '',
    infer: sameAsInput,
    axes: (context) => axesKept(context),
    role: { kind: 'clamp', bounds: (node) => ({ min: node.inputs[1], max: node.inputs[2] }) },
    upgrades: {
      // Bounds became inputs, of the data's type; an absent one means the largest finite number before and after.
      11: (context) => {
        for (const [i, name] of ['min', 'max'].entries()) {
          addConstantInput(context, i + 1, name, floatTypeOf(context), context.node.float(name));
          context.node.attributes.delete(name);
        }
      },
    },
  },
  { ...unary('LeakyRelu', { kind: 'computed' }), onCodes: qlinear('QLinearLeakyRelu') },
  {
    ...unary('Sigmoid', { kind: 'computed', fixedRange: { min: 0, max: 1 } }),
    onCodes: qlinear('QLinearSigmoid'),
  },
  unary('Tanh'),
  unary('Elu'),
  unary('Selu'),
  unary('Celu'),
  unary('ThresholdedRelu'),
  unary('Shrink'),
  unary('Softplus'),
  unary('Softsign'),
  unary('HardSigmoid'),
  unary('HardSwish'),
  unary('Mish'),
  unary('Gelu'),
  unary('Swish'),
  {
    type: 'PRelu',
    domain: '',
    infer: sameAsInput,
    axes: axesOfElementwise,
    weights: () => [{ input: 1, ownAxes: [] }],
  },
];
