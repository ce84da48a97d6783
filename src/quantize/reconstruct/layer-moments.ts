import type { Runner, Session } from '../../base/runner.ts';
import type { Tensor } from '../../base/tensor.ts';
import { modelToBytes } from '../../onnx/write/write-model.ts';
import type { LayerMatrix } from './layer-matrix.ts';
import { momentModel, momentNames } from './moment-model.ts';

/** What is known of the inputs of one group of channels, on average: x̂ as they are, x as they would be in the float model. */
export interface Moments {
  /** E x̂·x̂ᵀ, [depth, depth] */
  readonly own: Float64Array;
  /** E x·x̂ᵀ */
  readonly cross: Float64Array;
  /** E x̂ */
  readonly realMean: Float64Array;
  /** E x */
  readonly idealMean: Float64Array;
}

/** Sums up what a layer reads, batch by batch. */
export class LayerMoments {
  readonly #matrix: LayerMatrix;
  readonly #session: Session;
  readonly #sums: Record<string, Float64Array> = {};
  #places = 0;

  private constructor(matrix: LayerMatrix, session: Session) {
    this.#matrix = matrix;
    this.#session = session;
  }

  /** @param rank of what the layer reads; `kernel` is that of a convolution */
  static async open(
    matrix: LayerMatrix,
    { rank, kernel }: { rank: number; kernel: readonly number[] },
    { runner, threads }: { runner: Runner; threads: number },
  ): Promise<LayerMoments> {
    const bytes = await modelToBytes(momentModel(matrix, rank, kernel));
    return new LayerMoments(matrix, await runner.load(bytes, { threads }));
  }

  async add(real: Tensor, ideal: Tensor): Promise<void> {
    const results = await this.#session.run({ [momentNames.real]: real, [momentNames.ideal]: ideal });
    for (const [name, { data }] of Object.entries(results)) {
      if (name === momentNames.places) {
        this.#places += Number(data[0]);
        continue;
      }
      this.#sums[name] ??= new Float64Array(data.length);
      // All others are float32.
      for (const [i, x] of (data as Float32Array).entries()) this.#sums[name][i] += x;
    }
  }

  /** By group of channels. */
  moments(): Moments[] {
    const { groups, depth } = this.#matrix;
    const part = (name: string, group: number, length: number) =>
      this.#sums[name].subarray(group * length, (group + 1) * length).map((sum) => sum / this.#places);
    return Array.from({ length: groups }, (_, group) => ({
      own: part(momentNames.own, group, depth * depth),
      cross: part(momentNames.cross, group, depth * depth),
      realMean: part(momentNames.realSum, group, depth),
      idealMean: part(momentNames.idealSum, group, depth),
    }));
  }

  close(): Promise<void> {
    return this.#session.close();
  }
}
