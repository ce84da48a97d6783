import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Html, html } from './html.ts';

test('escapes strings, keeps Html, joins lists, drops what is absent', () => {
  const inner = html`<b>${'<&">'}${"'`"}</b>`;
  expect(inner.markup).toBe('<b>&lt;&amp;&quot;&gt;&#39;&#96;</b>');
  expect(html`${inner}|${[1, html`<i></i>`, '<']}|${undefined}${false}${0}${''}`.markup).toBe(
    `${inner.markup}|1<i></i>&lt;|0`,
  );
  expect(html`${new Html('<style>')}`.markup).toBe('<style>');
});

test('a text can end neither its element nor its attribute, and reads back as it was', () => {
  const decode = (markup: string) =>
    markup.replace(
      /&(lt|gt|quot|#39|#96|amp);/g,
      (_, name: string) => ({ lt: '<', gt: '>', quot: '"', '#39': "'", '#96': '`' })[name] ?? '&',
    );
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => {
      const { markup } = html`${text}`;
      expect(markup).not.toMatch(/[<>"'`]/);
      expect(decode(markup)).toBe(text);
    }),
  );
});
