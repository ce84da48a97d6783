import { check } from '../../base/check.ts';
import type { Graph } from '../../onnx/ir/graph.ts';
import type { Model } from '../../onnx/ir/model.ts';
import type { Node } from '../../onnx/ir/node.ts';
import { subgraphDepthFirst } from '../../onnx/subgraph-depth-first.ts';
import { GraphWriter } from '../../ops/graph-writer.ts';
import { opOf } from '../../ops/index.ts';
import { inferTypes, type TypeMap } from '../../ops/infer-types.ts';
import { pinnedValues } from '../../passes/pinned-values.ts';
import { removeDead } from '../../passes/remove-dead.ts';
import { byteLength } from '../../tensor/byte-length.ts';
import { elementCount } from '../../tensor/element-count.ts';
import { ErrorStatistics } from '../../tensor/error-statistics.ts';
import type { FloatFormat } from '../float-format.ts';
import type { Format } from '../format.ts';
import type { LevelFormat } from '../level-format.ts';
import { blockOf, groupingOf, scaleShape } from './grouping.ts';
import { isSmaller } from './is-smaller.ts';
import { levelBytes } from './level-bytes.ts';
import { isIntegerFormat, isLevelFormat, type StorageOptions } from './storage-options.ts';
import { storeCodes, storeHalves, storeLevels } from './store-at-rest.ts';
import { isBlockProduct, storeBlockProduct } from './store-in-blocks.ts';
import { isBlockLookup, storeBlockLookup } from './store-in-lookup-blocks.ts';
import { weightNumbers } from './weight-numbers.ts';
import { type WeightSite, weightSites } from './weight-sites.ts';

/** What became of one node's weights. */
export interface StoredNode {
  readonly node: Node;
  /** The operator it was before. */
  readonly opType: string;
  readonly isStored: boolean;
  /** Why its weights stayed as they are, or what computes with them. */
  readonly reason: string;
  readonly errors: ErrorStatistics | undefined;
}

export interface StoredWeights {
  /** Nodes with float weights, and those that would have some if they were constant, in graph order. */
  readonly nodes: readonly StoredNode[];
  /** Numbers other than 0 that became 0 in a floating-point format. */
  readonly flushed: number;
}

/**
 * Stores the float32 weights of a model, those in bodies of If, Loop and Scan too, in fewer bits. What would not get
 * smaller stays. Weights that several nodes read are stored once.
 * Throws `non-finite-weight`.
 */
export async function storeWeights(model: Model, options: StorageOptions): Promise<StoredWeights> {
  const storage = new Storage(model, options, await inferTypes(model));
  const before = [...subgraphDepthFirst(model.graph)].flatMap(({ nodes }) => [...nodes]);
  const types = before.map(({ opType }) => opType);
  const candidates = before.map((node) => opOf(node)?.role?.kind === 'weighted');
  for (const site of weightSites(model.graph)) await storage.take(site);
  removeDead(model.graph);
  if (storage.usesContrib) model.opsetImports.set('com.microsoft', 1);
  const nodes = before.flatMap((node, i) => {
    const outcome = storage.outcomes.get(node);
    if (outcome) return [{ node, opType: types[i], ...outcome }];
    const reason = 'its weight is not a constant';
    return candidates[i] ? [{ node, opType: types[i], isStored: false, reason, errors: undefined }] : [];
  });
  return { nodes, flushed: storage.flushed };
}

type Outcome = Pick<StoredNode, 'isStored' | 'reason' | 'errors'>;

class Storage {
  readonly outcomes = new Map<Node, Outcome>();
  flushed = 0;
  usesContrib = false;
  readonly #options: StorageOptions;
  readonly #writers = new Map<Graph, GraphWriter>();
  readonly #types: TypeMap;
  readonly #pinned: ReturnType<typeof pinnedValues>;
  readonly #inputs: ReadonlySet<WeightSite['value']>;

  constructor({ graph }: Model, options: StorageOptions, types: TypeMap) {
    this.#options = options;
    this.#types = types;
    this.#pinned = pinnedValues(graph);
    this.#inputs = new Set(graph.inputs);
  }

  async take(site: WeightSite): Promise<void> {
    if (!isFloat(site)) return;
    const reason = this.#reasonToKeep(site);
    if (reason !== undefined) this.#note(site, { isStored: false, reason, errors: undefined });
    else this.#note(site, await this.#store(site));
  }

  #reasonToKeep({ value, source, readers }: WeightSite): string | undefined {
    if (source.dtype !== 'float') return `its weight is ${source.dtype}`;
    if (this.#pinned.has(value)) return 'its weight is an output';
    if (this.#inputs.has(value)) return 'callers may replace its weight';
    for (const { node } of readers) {
      const reason = this.#options.reasonAgainst(node);
      if (reason !== undefined) return reason;
    }
    return undefined;
  }

  async #store(site: WeightSite): Promise<Outcome> {
    const { format } = this.#options;
    if (isLevelFormat(format)) return this.#storeLevels(site, format);
    return isIntegerFormat(format) ? this.#storeCodes(site, format) : this.#storeHalves(site, format);
  }

  async #storeCodes(site: WeightSite, format: Format): Promise<Outcome> {
    const { granularity, blockKernels, coding } = this.#options;
    const { shape } = site.source;
    const grouping = groupingOf(shape, site.readers[0].role.ownAxes, granularity);
    const scales = elementCount(scaleShape(grouping));
    const scaleBytes = 4 * scales + (format.codes.full.min < 0 ? 0 : byteLength(format.dtype, [scales]));
    if (!isSmaller(site, byteLength(format.dtype, grouping.dims) + scaleBytes)) return tooSmall;
    const block = blockOf(granularity);
    if (block !== undefined && blockKernels) {
      const choice = { format, block, kernels: blockKernels, coding };
      if (isBlockProduct(site, choice, this.#types))
        return this.#coded(await storeBlockProduct(site, choice), 'MatMulNBits multiplies by its codes');
      if (isBlockLookup(site, choice))
        return this.#coded(await storeBlockLookup(site, choice), 'GatherBlockQuantized looks up its codes');
    }
    return { isStored: true, reason: '', errors: await storeCodes(site, format, grouping, coding) };
  }

  async #storeLevels(site: WeightSite, format: LevelFormat): Promise<Outcome> {
    const { granularity, coding } = this.#options;
    check(coding !== undefined, () => `${format.name} has no rule of its own to find codes by`);
    const grouping = groupingOf(site.source.shape, site.readers[0].role.ownAxes, granularity);
    if (!isSmaller(site, levelBytes(format, grouping))) return tooSmall;
    const errors = await storeLevels(site, { format, grouping }, coding, this.#writerOf(site.graph));
    return { isStored: true, reason: '', errors };
  }

  /** One a graph, so that its weights share small constants. */
  #writerOf(graph: Graph): GraphWriter {
    const writer = this.#writers.get(graph) ?? new GraphWriter(graph);
    this.#writers.set(graph, writer);
    return writer;
  }

  #coded(errors: ErrorStatistics, reason: string): Outcome {
    this.usesContrib = true;
    return { isStored: true, reason, errors };
  }

  async #storeHalves(site: WeightSite, format: FloatFormat): Promise<Outcome> {
    if (!isSmaller(site, byteLength(format.dtype, site.source.shape))) return tooSmall;
    const weights = await weightNumbers(site);
    if (weights.some((x) => Math.abs(x) > format.max))
      return { isStored: false, reason: `its weight exceeds ${format.max}`, errors: undefined };
    const bits = format.encode(weights);
    this.flushed += weights.reduce((n, x, i) => (x !== 0 && (bits[i] & 0x7fff) === 0 ? n + 1 : n), 0);
    return { isStored: true, reason: '', errors: await storeHalves(site, format) };
  }

  /** Of a node with several weights, one that is stored counts, and their errors together. */
  #note({ readers }: WeightSite, outcome: Outcome): void {
    for (const { node } of readers) {
      const other = this.outcomes.get(node);
      if (!other?.isStored) this.outcomes.set(node, outcome);
      else if (outcome.isStored)
        this.outcomes.set(node, { ...other, errors: merged(other.errors, outcome.errors) });
    }
  }
}

function merged(...all: (ErrorStatistics | undefined)[]): ErrorStatistics {
  const sum = new ErrorStatistics();
  for (const errors of all) if (errors) sum.merge(errors);
  return sum;
}

const tooSmall: Outcome = { isStored: false, reason: 'too small to gain by it', errors: undefined };

function isFloat({ source: { dtype } }: WeightSite): boolean {
  return dtype === 'float' || dtype === 'double' || dtype === 'float16' || dtype === 'bfloat16';
}
