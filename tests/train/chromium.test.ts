import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { losses } from '../../src/autodiff/losses/index.generated.ts';
import { optimizers } from '../../src/autodiff/optimizers/index.generated.ts';
import type { Tensor } from '../../src/base/tensor.ts';
import { lenet5 } from '../../src/nn/zoo/lenet-5.ts';
import { mlp78412810 } from '../../src/nn/zoo/mlp-784-128-10.ts';
import type { Model } from '../../src/onnx/ir/model.ts';
import { modelToBytes } from '../../src/onnx/write/write-model.ts';
import { ortNode } from '../../src/runtime/ort-node.ts';
import { f32 } from '../../src/testing/tensors.ts';
import { stepGraph } from '../../src/train/step-graph.ts';
import { stepNames } from '../../src/train/step-names.ts';
import { Trainer } from '../../src/train/trainer.ts';
import { root } from '../source-file.ts';

const CHROMIUM = process.env.PARE_CHROMIUM ?? '/usr/bin/chromium';
/** onnxruntime-web comes with @huggingface/transformers. */
const ENGINE = join(root, 'node_modules', 'onnxruntime-web', 'dist');
const missing = [CHROMIUM, ENGINE].filter((path) => !existsSync(path));
const isRequired = process.env.PARE_REQUIRE_ASSETS === '1';
const STEPS = 20;
const BATCH = 16;

/** A tensor as JSON: 64-bit integers as texts. */
interface WireTensor {
  readonly type: string;
  readonly shape: readonly number[];
  readonly data: readonly (number | string)[];
}

interface Job {
  /** Where the page gets the model. */
  readonly model: string;
  /** Feeds of the first step; those that `next` names are replaced by the outputs. */
  readonly feeds: Readonly<Record<string, WireTensor>>;
  readonly next: Readonly<Record<string, string>>;
  /** Feeds that change from step to step. */
  readonly steps: readonly Readonly<Record<string, WireTensor>>[];
  readonly loss: string;
}

function toWire({ dtype, shape, data }: Tensor): WireTensor {
  const numbers = data instanceof BigInt64Array ? Array.from(data, String) : Array.from(data, Number);
  return { type: dtype === 'float' ? 'float32' : dtype, shape, data: numbers };
}

/** Four batches of images with something in them that tells the class. */
function batches() {
  return Array.from({ length: 4 }, (_, i) => {
    const images = f32([BATCH, 1, 28, 28], `images ${i}`, 0.3);
    const labels = Array.from({ length: BATCH }, (_, n) => (n * 7 + i) % 10);
    for (const [n, label] of labels.entries())
      images.data.fill(1, n * 784 + label * 60, n * 784 + label * 60 + 60);
    const target = { dtype: 'int64', shape: [BATCH], data: BigInt64Array.from(labels, BigInt) } as const;
    return { inputs: { input: images }, target, rate: 0.05 };
  });
}

/** The losses of the native engine, and the same run as a job for the page. */
async function trained(model: Model): Promise<{ bytes: Uint8Array; expected: number[]; job: Job }> {
  const graph = await stepGraph(model, {
    batch: BATCH,
    loss: losses['cross-entropy'],
    lossOptions: losses['cross-entropy'].options.parse({}),
    optimizer: optimizers.sgd,
    optimizerOptions: optimizers.sgd.options.parse({}),
  });
  const trainer = await Trainer.open(graph, await ortNode());
  const data = batches();
  const wire = (feeds: Readonly<Record<string, Tensor>>) =>
    Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, toWire(tensor)]));
  const job = {
    model: '/model.onnx',
    feeds: wire(trainer.feeds(data[0])),
    next: Object.fromEntries(Object.keys(graph.start).map((name) => [name, stepNames.next(name)])),
    steps: Array.from({ length: STEPS }, (_, i) => {
      const { inputs, target } = data[i % data.length];
      return wire({ ...inputs, [stepNames.target]: target });
    }),
    loss: stepNames.loss,
  };
  const expected: number[] = [];
  for (let i = 0; i < STEPS; i++) expected.push(await trainer.run(data[i % data.length]));
  await trainer.close();
  return { bytes: await modelToBytes(graph.model), expected, job };
}

/** Serves the engine's files, an empty page and the model of the moment. */
class PageServer {
  model: Uint8Array = new Uint8Array();
  readonly #server: Server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const type = path.endsWith('.mjs')
      ? 'text/javascript'
      : path.endsWith('.wasm')
        ? 'application/wasm'
        : 'text/html';
    const file = /^\/engine\/([\w.-]+)$/.exec(path)?.[1];
    const body = file
      ? await readFile(join(ENGINE, file)).catch(() => undefined)
      : path === '/model.onnx'
        ? this.model
        : '<title>pare</title>';
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': type }).end(body);
  });

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    // A server on a port has such an address.
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Runs in the page: makes the steps with onnxruntime-web and returns their losses. */
async function runInPage(job: Job): Promise<number[]> {
  // The engine's interface is the same in the browser; its package is a dependency of a dependency only.
  const load = new Function('path', 'return import(path)') as (
    path: string,
  ) => Promise<typeof import('onnxruntime-node')>;
  const ort = await load('/engine/ort.wasm.min.mjs');
  ort.env.wasm.numThreads = 1;
  const tensor = ({ type, shape, data }: WireTensor) =>
    type === 'int64'
      ? new ort.Tensor('int64', BigInt64Array.from(data as string[], BigInt), [...shape])
      : new ort.Tensor('float32', Float32Array.from(data as number[]), [...shape]);
  const tensors = (feeds: Readonly<Record<string, WireTensor>>) =>
    Object.fromEntries(Object.entries(feeds).map(([name, one]) => [name, tensor(one)]));
  const session = await ort.InferenceSession.create(job.model, { executionProviders: ['wasm'] });
  let feeds = tensors(job.feeds);
  const losses: number[] = [];
  for (const step of job.steps) {
    feeds = { ...feeds, ...tensors(step) };
    const results = await session.run(feeds);
    for (const [name, next] of Object.entries(job.next))
      feeds[name] = results[next] as (typeof feeds)[string];
    losses.push(Number(results[job.loss].data[0]));
  }
  return losses;
}

describe.skipIf(missing.length > 0 && !isRequired)(
  `training in Chromium${missing.length > 0 ? `: ${missing} missing` : ''}`,
  () => {
    const server = new PageServer();
    let browser: Browser;
    let address: string;

    beforeAll(async () => {
      address = await server.listen();
      browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
    });

    afterAll(async () => {
      await browser?.close();
      await server.close();
    });

    test.each([
      ['mlp-784-128-10', mlp78412810],
      ['lenet-5', lenet5],
    ] as const)(
      '%s: onnxruntime-web makes the same steps as onnxruntime-node',
      async (_, net) => {
        const { bytes, expected, job } = await trained(net.build(net.options.parse({}), 1));
        server.model = bytes;
        const page = await browser.newPage();
        await page.goto(address);
        const got = await page.evaluate(runInPage, job);
        await page.close();
        expect(got.length).toBe(STEPS);
        expect(expected.at(-1)).toBeLessThan(expected[0] / 2);
        for (const [i, loss] of got.entries())
          expect(Math.abs(loss - expected[i]), `loss of step ${i}`).toBeLessThan(1e-4);
      },
      60_000,
    );
  },
);
