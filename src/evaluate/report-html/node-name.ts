import { type Html, html } from './html.ts';

const mostInTitle = 1000;

/**
 * A name from a model or a path, set so that it can break after its separators and cannot reorder the text beside it;
 * those longer than `mostShown` (even) lose their middle. The title has it whole (up to 1000 characters).
 */
export function nodeName(name: string, mostShown = 160): Html {
  const half = mostShown / 2;
  const shown = name.length <= mostShown ? name : `${name.slice(0, half)}…${name.slice(-half)}`;
  const pieces = shown.split(/(?<=[/.:_\\])/);
  const text = pieces.map((piece, i) => (i === 0 ? html`${piece}` : html`<wbr>${piece}`));
  return html`<bdi class="name" title="${name.slice(0, mostInTitle)}">${text}</bdi>`;
}
