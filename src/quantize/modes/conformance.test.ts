import { describe, expect, test } from 'vitest';
import { formats } from '../formats/index.generated.ts';
import type { Mode } from '../mode.ts';
import { modes } from './index.generated.ts';

describe.each(Object.entries<Mode>(modes))('mode %s', (_, mode) => {
  test('lists formats that exist', () => {
    for (const name of [...mode.weights, ...mode.activations]) expect(Object.keys(formats)).toContain(name);
  });
});
