import type { Dataset } from '../data/dataset.ts';
import { parseQuery } from '../data/parse-query.ts';
import type { Net } from '../nn/net.ts';
import { zoo } from '../nn/zoo/index.generated.ts';
import type { Model } from '../onnx/ir/model.ts';
import { readModelFile } from '../onnx/read/read-model-file.ts';
import { badNetOptions, noSuchNetOrModel } from './errors.ts';

/** What is to be trained. */
export interface TrainSubject {
  /** The file, where it is one. */
  readonly path?: string;
  readonly model: Model;
  /** The known network it is. */
  readonly net?: Net;
}

/**
 * A known network (`mobilenet-v1`, or with options `mobilenet-v1?width=0.5`), its weights drawn from the seed and its sizes
 * those of the data unless they are given; or a model file.
 */
export async function trainSubject(
  text: string,
  data: Dataset,
  { classes, seed }: { classes?: number | undefined; seed: number },
): Promise<TrainSubject> {
  const [name, query = ''] = text.split('?');
  const net: Net | undefined = Object.hasOwn(zoo, name) ? zoo[name as keyof typeof zoo] : undefined;
  if (!net) {
    if (!text.endsWith('.onnx')) throw noSuchNetOrModel(text, Object.keys(zoo));
    return { path: text, model: await readModelFile(text) };
  }
  const known = Object.keys((net.options as { shape?: object }).shape ?? {});
  const sizes = { ...(await sizesOf(net, data)), classes: classes ?? (await classesOf(data)) };
  const fitting = Object.entries(sizes).filter(([key, value]) => known.includes(key) && value !== undefined);
  const parsed = net.options.safeParse({ ...Object.fromEntries(fitting), ...numbersOf(parseQuery(query)) });
  if (!parsed.success)
    throw badNetOptions(
      text,
      parsed.error.issues.map(({ path, message }) => [...path, message].join(': ')),
      known,
    );
  return { model: net.build(parsed.data, seed), net };
}

/** What the network says of its sizes, by the first sample; words are counted. */
async function sizesOf(net: Net, data: Dataset): Promise<Record<string, unknown>> {
  for await (const { inputs } of data.batches({ batchSize: 1, indices: [0] })) {
    const [first] = Object.values(inputs);
    const words = first.dtype === 'int64' ? { vocabulary: data.tokens ?? (await wordsOf(data)) } : {};
    return { ...words, ...net.fit?.(first.shape.slice(1)) };
  }
  return {};
}

/** One more than the largest token of the first input. */
async function wordsOf(data: Dataset): Promise<number> {
  let most = 0n;
  // Of type int64, as the first sample showed.
  for await (const { inputs } of data.batches({ batchSize: 256 }))
    for (const token of Object.values(inputs)[0].data as BigInt64Array) if (token > most) most = token;
  return Number(most) + 1;
}

/** Names of classes tell, else the largest label. */
async function classesOf(data: Dataset): Promise<number | undefined> {
  if (data.classNames) return data.classNames.length;
  if (data.task !== 'classification') return undefined;
  let most = 0;
  for await (const { labels } of data.batches({ batchSize: 256 }))
    for (const label of labels ?? []) most = Math.max(most, label);
  return Math.max(most + 1, 2);
}

/** `width=0.5`: numbers that are no whole ones too. */
function numbersOf(query: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(query).map(([key, value]) => [
      key,
      typeof value === 'string' && value !== '' && Number.isFinite(Number(value)) ? Number(value) : value,
    ]),
  );
}
