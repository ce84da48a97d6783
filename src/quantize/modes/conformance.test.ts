import { describe, expect, test } from 'vitest';
import { floatFormats } from '../float-formats/index.generated.ts';
import { formats } from '../formats/index.generated.ts';
import type { Mode } from '../mode.ts';
import { modes } from './index.generated.ts';

describe.each(Object.entries<Mode>(modes))('mode %s', (_, mode) => {
  test('lists formats that exist', () => {
    const known = [...Object.keys(formats), ...Object.keys(floatFormats)];
    for (const name of [...mode.weights, ...mode.activations]) expect(known).toContain(name);
  });
});
