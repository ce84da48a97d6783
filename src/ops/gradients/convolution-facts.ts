import type { Node } from '../../onnx/ir/node.ts';
import type { Window } from './window.ts';

/** A convolution with every length resolved, seen from its gradients. */
export interface ConvolutionFacts {
  readonly window: Window;
  readonly batch: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly groups: number;
}

/** As attributes of a composite. */
export function attributesOf({ window, batch, inputs, outputs, groups }: ConvolutionFacts) {
  return { ...window, batch, inputs, outputs, groups };
}

/** From a composite's attributes. */
export function convolutionFacts(node: Node): ConvolutionFacts {
  const list = (name: keyof Window) => node.ints(name)!;
  const number = (name: string) => node.int(name)!;
  return {
    window: {
      kernel: list('kernel'),
      strides: list('strides'),
      dilations: list('dilations'),
      begins: list('begins'),
      ends: list('ends'),
      wide: list('wide'),
      narrow: list('narrow'),
    },
    batch: number('batch'),
    inputs: number('inputs'),
    outputs: number('outputs'),
    groups: number('groups'),
  };
}
