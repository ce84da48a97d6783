import ort from 'onnxruntime-node';

const SAMPLES = 24;
const ROUNDS = 200;

/** Median latency of the first divided by that of each, and SQNR of each one's outputs against the first's. */
export async function compare(paths, inputs) {
  const sessions = [];
  for (const path of paths)
    sessions.push(await ort.InferenceSession.create(path, { intraOpNumThreads: 1, logSeverityLevel: 3 }));
  const samples = Array.from({ length: SAMPLES }, (_, seed) => feedsOf(inputs(seed)));
  const sqnrDb = await sqnrs(sessions, samples);
  const times = await race(sessions, samples);
  for (const session of sessions) await session.release();
  return paths.map((_, i) => ({
    speedup: median(times[0].map((t, r) => t / times[i][r])),
    us: median(times[i]),
    sqnrDb: sqnrDb[i],
  }));
}

function feedsOf(inputs) {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { type, data, shape }]) => [name, new ort.Tensor(type, data, shape)]),
  );
}

/** By output that holds numbers: 10·log10 of the sums of squares over all samples. The worst output counts. */
async function sqnrs([reference, ...others], samples) {
  const sums = others.map(() => new Map());
  for (const feeds of samples) {
    const truth = await reference.run(feeds);
    for (const [i, session] of others.entries()) {
      const result = await session.run(feeds);
      for (const [name, { data }] of Object.entries(truth)) {
        if (!(data instanceof Float32Array)) continue;
        const sum = sums[i].get(name) ?? { signal: 0, error: 0 };
        data.forEach((x, j) => {
          sum.signal += x * x;
          sum.error += (x - result[name].data[j]) ** 2;
        });
        sums[i].set(name, sum);
      }
    }
  }
  const worst = sums.map((byName) =>
    Math.min(...[...byName.values()].map(({ signal, error }) => 10 * Math.log10(signal / error))),
  );
  return [Number.POSITIVE_INFINITY, ...worst];
}

/** Milliseconds by session and round; every round runs all, in turning order. */
async function race(sessions, samples) {
  const times = sessions.map(() => []);
  for (const session of sessions) for (let i = 0; i < 10; i++) await session.run(samples[0]);
  for (let round = 0; round < ROUNDS; round++) {
    for (let i = 0; i < sessions.length; i++) {
      const turn = (i + round) % sessions.length;
      const started = performance.now();
      await sessions[turn].run(samples[round % samples.length]);
      times[turn].push((performance.now() - started) * 1000);
    }
  }
  return times;
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
