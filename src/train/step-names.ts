/** Names of the step graph's inputs and outputs beside the model's own inputs. */
export const stepNames = {
  target: 'pare.target',
  sampleWeights: 'pare.sample_weights',
  parameters: 'pare.parameters',
  buffers: 'pare.buffers',
  /** Running average of the parameters. */
  average: 'pare.average',
  /** Sum of the gradients since the last update. */
  accumulated: 'pare.accumulated',
  noise: 'pare.noise',
  state: (name: string) => `pare.state.${name}`,
  rate: 'pare.rate',
  step: 'pare.step',
  /** True at steps that change the parameters; an input where gradients are accumulated. */
  updates: 'pare.updates',
  loss: 'pare.loss',
  /** Of all parameters, in their stored order; a value inside the step. */
  gradient: 'pare.gradient',
  next: (name: string) => `${name}.next`,
} as const;
