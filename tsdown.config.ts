import { defineConfig } from 'tsdown';

/**
 * One build for all entries, so that the library, the command and engines apart share their chunks. Packages stay imports: the
 * dependencies are installed beside pare, `onnxruntime-node` and `sharp` may be absent.
 */
export default defineConfig({
  entry: {
    index: 'src/index.ts',
    cli: 'src/cli/main.ts',
    'engine-process': 'src/runtime/apart/engine-process.ts',
  },
  outDir: 'dist',
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  dts: { entry: 'src/index.ts' },
  sourcemap: false,
  deps: { onlyBundle: [] },
  failOnWarn: true,
  // A busy machine is no reason to fail.
  inputOptions: { checks: { pluginTimings: false } },
});
