import { visibleText } from './visible-text.ts';

/** Markup that is safe to put into a page as it stands: made by {@link html}, or a constant of this program. */
export class Html {
  readonly markup: string;
  constructor(markup: string) {
    this.markup = markup;
  }
}

/** What may stand in a `${}` of {@link html}; `undefined` and `false` leave nothing behind. */
export type HtmlPart = string | number | Html | undefined | false | readonly HtmlPart[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

function escapePart(part: HtmlPart): string {
  if (part === undefined || part === false) return '';
  if (part instanceof Html) return part.markup;
  if (typeof part === 'object') return part.map(escapePart).join('');
  return visibleText(String(part)).replace(/[&<>"'`]/g, (character) => entities[character]);
}

/**
 * Tagged template for markup: strings and numbers are escaped (for text and for quoted attributes alike, deceptive
 * characters made visible), `Html` and lists of it are taken as they are. Attributes must be quoted.
 */
export function html(template: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  let markup = template[0];
  for (let i = 0; i < parts.length; i++) markup += escapePart(parts[i]) + template[i + 1];
  return new Html(markup);
}
