import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { brokenLinks } from '../../testing/broken-links.ts';
import { describeDifferences } from '../../testing/describe-differences.ts';
import { modelArbitrary } from '../../testing/model-arbitrary.ts';
import { parseModel } from './parse-model.ts';
import { printModel } from './print-model.ts';

// Checked against onnx.printer 1.23, which reads this text as the same model (but prints attributes' types as well).
const text = `<
  ir_version: 8,
  opset_import: ["" : 13, "com.microsoft" : 1],
  producer_name: "a \\"b\\""
>
name (float[N,3,?,"a b"] x, bool c, float[] u) => (float[N,10] y, float s) <
  float[2] w = {1, 0.1},
  int64 k = {-9223372036854775808},
  float[0] none = {},
  int4[3] q = {-8, 7, 1},
  float "conv.weight" = {inf},
  float z
> {
  [nn] y = Conv <strides = [1, 1], a = 1.0, b = "x\\"y", t = float[2] {1, 0.1}, e: ints = [], l = [1.0, 0.1, -inf, 1e-7, 16777216.0]> (x, "", w)
  z, "", r = com.microsoft.Foo (x, "", y)
  s = If (c) <then_branch = t () => (float o) {
    o = Add (x, x)
  }, else_branch = e () => (o2) <
    int8 one = {1}
  > {
    o2 = Sub (one, r)
  }>
}
`;

describe('printModel', () => {
  test('prints what was parsed', async () => {
    expect(await printModel(parseModel(text))).toBe(text);
  });

  test('leaves out long values unless asked for them', async () => {
    const model = parseModel(
      '<ir_version: 8, opset_import: ["" : 13]> g () => (w) <int8[9] w = {1,2,3,4,5,6,7,8,9}> {}',
    );
    expect(await printModel(model)).toContain('int8[9] w = {…}');
    expect(await printModel(model, { maxValues: 9 })).toContain('int8[9] w = {1, 2, 3, 4, 5, 6, 7, 8, 9}');
  });

  test('parse(print(model)) = model', async () => {
    await fc.assert(
      fc.asyncProperty(modelArbitrary, async (model) => {
        const printed = await printModel(model, { maxValues: Infinity });
        const parsed = parseModel(printed);
        expect(await describeDifferences(model, parsed)).toEqual([]);
        expect(brokenLinks(parsed.graph)).toEqual([]);
        expect(await printModel(parsed, { maxValues: Infinity })).toBe(printed);
      }),
    );
  });
});
