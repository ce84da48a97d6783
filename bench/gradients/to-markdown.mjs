const number = (x) => x.toExponential(1);

const geometricMean = (values) => Math.exp(values.reduce((sum, x) => sum + Math.log(x), 0) / values.length);

/** Of several batches: the smallest, the geometric mean, the largest. */
export function spread(errors) {
  if (errors.length === 1) return number(errors[0]);
  return [Math.min(...errors), geometricMean(errors), Math.max(...errors)].map(number).join(', ');
}

/** The page of results: errors of both sides against PyTorch in float64. */
export function toMarkdown(results, torch, batches) {
  const rows = results.map(({ name, batch, parameters, loss, runs }) => [
    name,
    batch,
    parameters,
    number(Math.abs(loss.pare - loss.torch) / Math.abs(loss.torch)),
    ...['worst', 'whole'].flatMap((what) =>
      ['pare', 'torch'].map((who) => spread(runs.map((each) => each[who][what]))),
    ),
  ]);
  const head = [
    'network',
    'batch',
    'parameters',
    'loss',
    'pare, worst',
    'torch, worst',
    'pare, whole',
    'torch, whole',
  ];
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return `# Gradients beside PyTorch

\`PARE_TORCH_PYTHON=… node bench/gradients.mjs\`: networks of the zoo with random weights and a random batch, mean cross-entropy, batch
normalization by the batch's statistics. PyTorch ${torch} computes the same network from the ONNX file in float64, which counts as true,
and in float32. "Worst" is the largest error of an element by the largest element of its tensor, over all parameters; "whole" the
length of the error of the whole gradient by the gradient's. pare computes in float32, so it can be as good as the float32 column.${
    batches > 1
      ? `
Of ${batches} batches: the smallest, the geometric mean, the largest. Where rounding moves an activation across a kink of ReLU single gradients are off by
percents, on either side by chance: the smallest is of a batch without such.`
      : ''
  }

${line(head)}
${line(head.map(() => '---'))}
${rows.map(line).join('\n')}
`;
}
