import type { GradientRule, GradientRules } from '../gradient.ts';

const where: GradientRule = (context) => {
  const { write, wants } = context;
  const [condition, dy, zero] = [context.input(0), context.gradient(0)!, write.scalar(0)];
  const share = (index: number, inputs: Parameters<typeof write.op>[1]) =>
    wants(index)
      ? write.sumTo(write.op('Where', inputs), context.outputShape(0), context.inputShape(index))
      : undefined;
  return [undefined, share(1, [condition, dy, zero]), share(2, [condition, zero, dy])];
};

/** What x adds to every later sum comes back from every later sum. */
const cumSum: GradientRule = (context) => {
  const { node, write } = context;
  const attributes = { exclusive: node.int('exclusive'), reverse: node.int('reverse') ? 0 : 1 };
  return [write.op('CumSum', [context.gradient(0)!, context.input(1)], attributes)];
};

export const selectionGradients: GradientRules = { Where: where, CumSum: cumSum };
