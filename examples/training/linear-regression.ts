// A line through noisy points: the smallest net there is, written layer by layer, finds y = 3x.
import {
  datasetFromTensors,
  type Model,
  modelToBytes,
  NetWriter,
  ortNode,
  type TrainRequest,
  train,
} from 'pare';

interface Options extends Partial<TrainRequest> {
  samples?: number;
}

export async function run({ samples = 1000, ...options }: Options = {}) {
  const net = new NetWriter('line', 1);
  const model = net.model({ y: net.linear('line', net.input('x', ['N', 1]), 1, 1) });
  const data = noisyPoints(samples);

  const trained = await train(model, { data, lr: 0.05, batch: 20, validation: 0, ...options });
  const [low, high] = await answers(trained.model, [0, 1]);
  return { losses: trained.history.epochs.map(({ loss }) => loss), slope: high - low, offset: low };
}

/** x from −1 to 1; y = 3x and something like noise. */
function noisyPoints(samples: number) {
  const x = Float32Array.from({ length: samples }, (_, i) => (2 * i) / (samples - 1) - 1);
  const y = x.map((value, i) => 3 * value + 0.2 * Math.sin(i * i));
  return datasetFromTensors({ inputs: { x: column(x) }, targets: column(y) });
}

async function answers(model: Model, x: number[]) {
  const session = await (await ortNode()).load(await modelToBytes(model));
  const { y } = await session.run({ x: column(Float32Array.from(x)) });
  await session.close();
  return Array.from(y.data, Number);
}

function column(data: Float32Array) {
  return { dtype: 'float', shape: [data.length, 1], data } as const;
}

if (/[\\/]linear-regression\.ts/.test(process.argv[1])) console.log(await run({ onEpoch: console.log }));
