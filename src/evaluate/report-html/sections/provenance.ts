import type { Report } from '../../report.ts';
import { formatBytes } from '../format/format-bytes.ts';
import { formatDuration } from '../format/format-duration.ts';
import { formatFixed } from '../format/format-number.ts';
import { type Html, html } from '../html.ts';
import { nodeName } from '../node-name.ts';

/** On what, with what and from which files the result was made. */
export function provenance({ engine, input, output, layers, seconds, peakBytes }: Report): Html {
  const facts = [
    engine && fact('Engine', `${engine.name} ${engine.version}`),
    engine?.target !== undefined && fact('Target', engine.target),
    engine && fact('Processor', engine.cpu),
    engine && fact('Threads', formatFixed(engine.threads, 0)),
    fact('Time', formatDuration(seconds)),
    fact('Peak memory', formatBytes(peakBytes)),
  ];
  return html`<section><h2>${layers ? 'How it was made' : 'How it was run'}</h2><dl class="facts wide">${facts}</dl>
${(input || output) && html`<dl class="files">${input && file('Read', input)}${output && file(layers ? 'Written' : 'Compared', output)}</dl>`}</section>`;
}

function fact(name: string, value: string): Html {
  return html`<div><dt>${name}</dt><dd><bdi>${value}</bdi></dd></div>`;
}

function file(role: string, { path, bytes, sha256 }: NonNullable<Report['input']>): Html {
  return html`<div><dt>${role}</dt><dd>${nodeName(path)} <span class="bytes">${formatBytes(bytes)}</span><span class="hash" title="SHA-256">sha256 ${sha256}</span></dd></div>`;
}
