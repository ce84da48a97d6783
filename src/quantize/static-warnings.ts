import type { Runner } from '../base/runner.ts';
import type { Warning } from '../evaluate/report.ts';
import type { Quantized, Quantizer } from './quantizer.ts';
import { unexpectedlyFloat } from './unexpectedly-float.ts';
import { unexpectedlyQuantized } from './unexpectedly-quantized.ts';

/** What a user should know of a quantized model: guards, and where the engine here does otherwise than planned. */
export async function staticWarnings(
  quantizer: Quantizer,
  quantized: Quantized,
  runner: Runner,
): Promise<Warning[]> {
  const guarded = quantized.guarded.map((where) => ({
    code: 'guarded',
    where,
    message: 'A Max of one operand keeps ONNX Runtime from computing this float node in integers.',
  }));
  const idle = (await quantizer.overridesWithoutEffect()).map((where) => ({
    code: 'override-without-effect',
    where,
    message: 'What this override says applies to none of the nodes it matches.',
  }));
  const inIntegers = (await unexpectedlyQuantized(quantized, runner)).map((where) => ({
    code: 'float-layer-quantized',
    where,
    message: 'ONNX Runtime quantizes this layer although it was left in float.',
  }));
  return [...guarded, ...idle, ...inIntegers, ...(await floatWarnings(quantizer, quantized, runner))];
}

/** One for each layer, but one in all for layers of a format that the target has no kernels for. */
async function floatWarnings(
  { options: { target } }: Quantizer,
  quantized: Quantized,
  runner: Runner,
): Promise<Warning[]> {
  const warnings: Warning[] = [];
  const withoutKernel = new Map<string, number>();
  const isInteger = (name: string) => target.integerFormats.includes(name);
  const { inFloat, layers } = {
    inFloat: new Set(await unexpectedlyFloat(quantized, runner)),
    layers: quantized.layers,
  };
  for (const { name, state, format } of layers) {
    if (state.state !== 'quantized' || !format) continue;
    if (!isInteger(format)) withoutKernel.set(format, (withoutKernel.get(format) ?? 0) + 1);
    else if (inFloat.has(name))
      warnings.push({
        code: 'quantized-layer-float',
        where: name,
        message: 'ONNX Runtime computes this quantized layer in float on this machine.',
      });
  }
  const count = layers.filter(({ state }) => state.state === 'quantized').length;
  for (const [format, inFormat] of withoutKernel)
    warnings.push({
      code: 'no-integer-kernel',
      where: format,
      message: `${target.name} has no kernels for ${format}: ${inFormat} of ${count} quantized nodes decode it, compute in float and encode it again, which is slower than the float model.`,
    });
  return warnings;
}
