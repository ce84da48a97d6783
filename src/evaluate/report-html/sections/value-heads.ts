import { type Html, html } from '../html.ts';

/** Column heads for the sides a table has: before and after, or just the value of the only one; then what compares them. */
export function valueHeads(hasBefore: boolean, hasAfter: boolean, compared: string): Html {
  if (!hasBefore || !hasAfter) return html`<th scope="col">Value</th>`;
  return html`<th scope="col">Before</th><th scope="col">After</th><th scope="col">${compared}</th>`;
}
