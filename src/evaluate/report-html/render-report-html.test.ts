import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Report, reportSchema } from '../report.ts';
import { renderReportHtml } from './render-report-html.ts';

/** A report with every part, all its texts made by `text`. */
function fullReport(text: (hint: string) => string): Report {
  const side = {
    samples: 10_000,
    metrics: { top1: 0.9167, top5: 0.997 },
    latencyMs: { median: 0.842, p10: 0.8, p90: 0.9, runs: 200, batch: 1 },
    parameters: 272_474,
    macs: 40_813_184,
    bytes: 1_100_000,
    confusions: [{ actual: text('cat'), predicted: text('dog'), count: 63 }],
  };
  const layer = { name: text('conv1'), opType: text('Conv'), reason: text('why'), activationSqnrDb: 30 };
  return {
    schema: 'pare.report/1',
    command: text('quantize'),
    engine: {
      name: text('ONNX Runtime'),
      version: text('1'),
      target: text('x64'),
      cpu: text('Xeon'),
      threads: 2,
    },
    input: { path: `/models/${text('resnet20')}`, bytes: 1_100_000, sha256: text('9f') },
    output: { path: text('out'), bytes: 305_000, sha256: text('77') },
    before: side,
    after: { ...side, bytes: 305_000 },
    comparison: {
      agreement: 0.993,
      drop: { metric: text('mine'), points: 0.1, low: -0.4, high: 0.6 },
      speedup: { median: 1.9, low: 1.8, high: 2 },
      sqnrDb: 31.2,
      mse: 0.1,
      mae: 0.2,
      cosine: 0.99,
    },
    layers: [
      {
        ...layer,
        state: 'quantized',
        weightSqnrDb: 35,
        range: { min: -1, max: 2 },
        histogram: { min: -1, max: 3, counts: [1, 2, 3] },
      },
      { ...layer, state: 'float' },
      { name: text('flatten'), opType: text('Flatten'), state: 'pass', reason: text('moves') },
    ],
    training: {
      epochs: [
        { epoch: 1, step: 10, loss: 2.3, rate: 0.1, validation: { top1: 0.5 } },
        { epoch: 2, step: 20, loss: 1.2, rate: 0.01, validation: { top1: 0.625 } },
      ],
      metric: 'top1',
      chosen: 2,
      backend: 'blocked',
    },
    limits: [{ name: text('max-drop'), wanted: 0.5, got: 0.75, unit: text('points'), met: false }],
    met: false,
    warnings: [{ code: text('few'), where: text('conv1'), message: text('Too few.') }],
    seconds: 21.7,
    peakBytes: 412_345_678,
  };
}

const plain = (hint: string) => hint;

/** All markup of the page: tags with the names of their attributes, values blanked. Break opportunities depend on names. */
function skeleton(page: string): string[] {
  const found = page.replaceAll('<wbr>', '').match(/<[^>]*>/g) ?? [];
  return found.map((tag) => tag.replace(/"[^"]*"/g, '""'));
}

test('no text of the report adds a tag, an attribute or a deceptive character', () => {
  const expected = skeleton(renderReportHtml(fullReport(plain)));
  const hostile = fc.oneof(
    fc.constantFrom(
      '<script>alert(1)</script>',
      '"onload="x',
      "' onload='x",
      '</style><img src=x>',
      '\u202e<!--',
    ),
    fc.string({ minLength: 1, maxLength: 60, unit: fc.constantFrom(...'<>&"\'`=! x.:\n\0\u202e\u2066') }),
  );
  fc.assert(
    fc.property(hostile, (text) => {
      const page = renderReportHtml(fullReport(() => text));
      expect(skeleton(page)).toEqual(expected);
      expect(page.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
      const body = page.slice(page.indexOf('</style>'));
      expect(body.split('<').length).toBe(body.split('>').length);
    }),
    { numRuns: 60 },
  );
});

test('every optional part may be absent, alone or with others', () => {
  const full = fullReport(plain);
  const optional = ['engine', 'input', 'output', 'before', 'after', 'comparison', 'layers', 'met'] as const;
  fc.assert(
    fc.property(fc.subarray([...optional]), (absent) => {
      const report: Report = { ...full, warnings: [] };
      for (const part of absent) delete report[part];
      const page = renderReportHtml(reportSchema.parse(report));
      expect(page).not.toMatch(/undefined|NaN|\[object/);
      expect(page.includes('>Cost<')).toBe(!absent.includes('before') || !absent.includes('after'));
      expect(page.includes('>Layers<')).toBe(!absent.includes('layers'));
      expect(page.includes('A stated limit was not met')).toBe(!absent.includes('met'));
    }),
  );
});

test('the page can load and run nothing', () => {
  const page = renderReportHtml(fullReport(plain));
  expect(page).toContain(
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">`,
  );
  expect(page).not.toMatch(/<script|<link|<iframe|<img|@import|url\(|https?:/);
});

test('a limit that was missed is told with its figures', () => {
  const page = renderReportHtml(fullReport(plain));
  expect(page).toContain('<li>max-drop: at most 0.500 points wanted, 0.750 reached</li>');
});

test('sizes, metrics and layers stand in the page with their units', () => {
  const page = renderReportHtml(fullReport(plain));
  for (const text of [
    '305\u202fkB',
    '0.842\u202fms',
    '91.67\u202f%',
    '35.0\u202fdB',
    '412\u202fMB',
    '−1.00 … 2.00',
  ]) {
    expect(page).toContain(text);
  }
});

test('a failure shows its message, place, code and hint', () => {
  const page = renderReportHtml({
    schema: 'pare.report/1',
    command: 'quantize',
    warnings: [],
    seconds: 0.2,
    peakBytes: 1,
    error: { code: 'unknown-op', message: 'No "Foo".', where: 'node a', hint: 'Export anew.' },
  });
  for (const text of [
    'Failed: No &quot;Foo&quot;.',
    'node a',
    '<code>unknown-op</code>',
    '<p>Export anew.</p>',
  ]) {
    expect(page).toContain(text);
  }
});

test('names that every object inherits are metrics like others', () => {
  const report = fullReport(plain);
  const metrics = { constructor: 2, toString: 3 };
  const page = renderReportHtml({
    ...report,
    before: { ...report.after!, metrics },
    after: { ...report.after!, metrics: { top1: 1 } },
  });
  expect(page).toContain('<th scope="row">constructor</th><td>2.00</td><td>–</td><td>–</td>');
});

test('deep models get a profile, the weakest layers and a folded table', () => {
  const report = fullReport(plain);
  const layers = Array.from({ length: 1000 }, (_, i) => ({ ...report.layers![0], name: `layer${i}` }));
  const page = renderReportHtml({ ...report, layers });
  expect(page).toContain('The 24 weakest of 1\u202f000 layers');
  expect(page).toContain('<details class="layers"><summary>');
  expect(page.match(/<tr class="quantized">/g)).toHaveLength(1000);
});

test('metrics of targets stand in their units, with what became of them and what they mean', () => {
  const report = fullReport(plain);
  const page = renderReportHtml({
    ...report,
    before: { ...report.before!, metrics: { psnr: 28.534, rmse: 0.0454, 'positive-rate': 0.776 } },
    after: { ...report.after!, metrics: { psnr: 27.7, rmse: 0.0476, 'positive-rate': 0.75 } },
    comparison: { drop: { metric: 'psnr', points: 0.834, low: 0.7, high: 0.9, unit: 'dB' } },
  });
  const text = page.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');
  expect(text).toContain('PSNR 28.53 dB 27.70 dB −0.83 dB');
  expect(text).toContain('RMSE 0.0454 0.0476 +0.00220');
  expect(text).toContain('Positive steps 77.60 % 75.00 % −2.60 pt');
  expect(text).toContain('Change of PSNR');
  expect(text).toContain('−0.83 dB, 95 % interval −0.90 to −0.70');
  expect(text).toContain('PSNR Mean over samples of the peak signal to noise ratio, in decibels.');
});

test('a training is drawn epoch by epoch, and the one that was written is marked', () => {
  const page = renderReportHtml(fullReport(plain));
  expect(page).toContain('1.20 in epoch 2');
  expect(page).toContain('The parameters of epoch 2 were written. Steps ran on ONNX Runtime’s kernels');
  expect(page).toContain('62.5\u202f% in epoch 2');
  expect(page.match(/<polyline/g)).toHaveLength(2);
  const { training: _, ...without } = fullReport(plain);
  expect(renderReportHtml(without)).not.toContain('<polyline');
});
