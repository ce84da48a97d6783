import { describe, expect, test } from 'vitest';
import { floatFormats } from '../float-formats/index.generated.ts';
import { formats } from '../formats/index.generated.ts';
import type { Mode } from '../mode.ts';
import { weightFormatNames } from '../weight-format.ts';
import { modes } from './index.generated.ts';

describe.each(Object.entries<Mode>(modes))('mode %s', (_, mode) => {
  test('lists formats that exist', () => {
    for (const name of mode.weights) expect(weightFormatNames).toContain(name);
    const known = [...Object.keys(formats), ...Object.keys(floatFormats)];
    for (const name of mode.activations) expect(known).toContain(name);
  });
});
