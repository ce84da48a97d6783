/** The figures as a page. */
export function toMarkdown({ machine, results }) {
  const lines = [
    '# Dynamic quantization beside `onnxruntime.quantization.quantize_dynamic`',
    '',
    `Made by \`node bench/dynamic.mjs\` on ${machine.cpu}, ${machine.cores} cores, load ${machine.loadAtStart} at the start; onnxruntime-node ${machine['onnxruntime-node']}, one thread, one sample a run.`,
    'SQNR is that of the worst output over 24 seeded samples (silero: recorded speech); speed-up is the median of 200 rounds in which every file runs, in turning order.',
    '',
    '| net | | bytes | SQNR dB | speed-up |',
    '|---|---|---:|---:|---:|',
  ];
  for (const { name, rows } of results)
    for (const { who, bytes, sqnrDb, speedup } of rows)
      lines.push(
        `| ${who === 'fp32' ? name : ''} | ${who} | ${bytes} | ${Number.isFinite(sqnrDb) ? sqnrDb.toFixed(1) : ''} | ${speedup.toFixed(2)}× |`,
      );
  return `${lines.join('\n')}\n`;
}
