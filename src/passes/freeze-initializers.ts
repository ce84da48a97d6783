import type { Pass } from './pass.ts';

/**
 * An initializer that is also a graph input may be overridden by the caller, so no engine folds it (files of IR
 * version 3 list all weights so). pare compresses the weights as they are: it takes them off the inputs.
 */
export const freezeInitializers: Pass = {
  name: 'freeze-initializers',
  summary: 'takes weights off the list of graph inputs, so that engines may fold them',
  async run(model) {
    const { graph } = model;
    const kept = graph.inputs.filter((input) => !input.initializer);
    const changes = graph.inputs.length - kept.length;
    graph.inputs = kept;
    // Only since IR version 4 may an initializer be no input; other passes make such.
    model.irVersion = Math.max(model.irVersion, 4);
    return changes;
  },
};
