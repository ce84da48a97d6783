import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { root } from './source-file.ts';

/** Tests on real models and data skip themselves where the assets are absent; `.ci/run` demands them. */
test.runIf(process.env.PARE_REQUIRE_ASSETS === '1')('the assets are there', () => {
  const assets = resolve(root, process.env.PARE_ASSETS ?? '../shared/assets');
  const missing = ['cifar10', 'imagenet-sample', 'mnist', 'onnx'].filter(
    (name) => !existsSync(resolve(assets, name)),
  );
  expect(missing).toEqual([]);
});
