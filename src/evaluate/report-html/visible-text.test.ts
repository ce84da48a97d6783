import fc from 'fast-check';
import { expect, test } from 'vitest';
import { visibleText } from './visible-text.ts';

test.each([
  ['plain text, Übermut, 猫, 🐈', 'plain text, Übermut, 猫, 🐈'],
  ['a\nb\tc\u0000', 'a⟨U+000A⟩b⟨U+0009⟩c⟨U+0000⟩'],
  ['\u202egnp.exe\u202c', '⟨U+202E⟩gnp.exe⟨U+202C⟩'],
  ['\u2066x\u2069\u200b\u200d\ufeff', '⟨U+2066⟩x⟨U+2069⟩⟨U+200B⟩⟨U+200D⟩⟨U+FEFF⟩'],
  ['\u2028\u2029\u0085', '⟨U+2028⟩⟨U+2029⟩⟨U+0085⟩'],
  ['\u{e0041}\u3164', '⟨U+E0041⟩⟨U+3164⟩'],
  ['\ud800', '⟨U+D800⟩'],
])('%j is shown as %j', (text, shown) => {
  expect(visibleText(text)).toBe(shown);
});

test('no control, format or surrogate character is left, and a second pass changes nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)) }), (text) => {
      const shown = visibleText(text);
      expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      expect(visibleText(shown)).toBe(shown);
    }),
  );
});
