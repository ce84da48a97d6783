import { z } from 'zod';
import { clean as cleanModel } from '../../passes/clean.ts';
import { upgradeOpset } from '../../passes/upgrade-opset.ts';
import type { Step } from '../step.ts';

const options = z.strictObject({
  opset: z.int().min(7).max(26).optional().describe('raise the model to at least this operator set'),
});

export const clean: Step<z.infer<typeof options>> = {
  name: 'clean',
  summary: 'folds batch normalization, constants and padding, and removes what no output needs',
  options,
  async run(model, given, { runner }) {
    if (given.opset !== undefined) await upgradeOpset(model, given.opset);
    await cleanModel(model, { runner });
    return { model, resolved: given, layers: [], warnings: [] };
  },
};
