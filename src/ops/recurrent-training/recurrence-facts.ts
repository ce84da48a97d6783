import type { Node } from '../../onnx/ir/node.ts';
import { directionsOf } from './directions-of.ts';

/** A recurrent layer with every length resolved. */
export interface RecurrenceFacts {
  readonly steps: number;
  readonly batch: number;
  readonly features: number;
  readonly hidden: number;
  readonly hasBias: boolean;
  readonly isBatchFirst: boolean;
  /** Whether each direction runs from the end. */
  readonly directions: readonly boolean[];
}

/** From the attributes of a composite that `toScannedForm` made. */
export function recurrenceFacts(node: Node): RecurrenceFacts {
  const number = (name: string) => node.int(name)!;
  return {
    steps: number('steps'),
    batch: number('batch'),
    features: number('features'),
    hidden: number('hidden_size'),
    hasBias: node.inputs[3] !== undefined,
    isBatchFirst: node.int('layout') === 1,
    directions: directionsOf(node),
  };
}

/** Rows of [x; 1; h], of which a step's products are made; the row of ones stands for a bias. */
export function columnRows({ features, hidden, hasBias }: RecurrenceFacts): number[] {
  return hasBias ? [features, 1, hidden] : [features, hidden];
}
