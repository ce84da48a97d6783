import { test } from 'vitest';
import { readModelFile } from './read/read-model-file.ts';
import { parseModel } from './text/parse-model.ts';
import { printModel } from './text/print-model.ts';

test('x', async () => {
  const m =
    parseModel(`<ir_version: 8, opset_import: ["" : 13, "com.microsoft":1]> name (float[N,3,32,32] x, bool c) => (float[N,10] y)
   <float[2] w = {1, 2.5}, float s, int4[3] q = {-8,7,1}, float16 h = {15360}, bool t={1}, int64 k = {-9223372036854775808}> { [nn] y = Conv <strides = [1,1],a=1.0,s="x\\"y",t= float[2] {1,0.1}, e:ints=[], l=[1.0,0.1,inf,-nan,1e-7,16777216.0]> (x, w)
z, , r= com.microsoft.Foo (x,,y) # hi
s = If (c) <then_branch = tb () => (float o) {o = Add(x, x)}, else_branch = eb () => (o) {o = Sub(x, r)}>
}`);
  console.log(await printModel(m));
  const t = await printModel(await readModelFile('/work/shared/assets/onnx/silero-vad-if.onnx'));
  console.log(t.slice(0, 6000));
  for (const bad of [
    'name (float x) => (y) {}',
    '<ir: 8> n',
    '<ir_version: 8, opset_import: ["" : 13]>\nn (float x) => (float y) {\n y = Relu(q) }',
  ])
    try {
      parseModel(bad);
    } catch (e) {
      console.log(e);
    }
});
