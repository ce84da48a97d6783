import type { Cancellable } from '../base/progress.ts';
import type { Runner } from '../base/runner.ts';
import type { Dataset } from '../data/dataset.ts';
import { addExtremesTap } from '../observe/add-extremes-tap.ts';
import { observeValues } from '../observe/observe-values.ts';
import type { Observer, Range } from '../observe/observer.ts';
import { StreamingHistogram } from '../observe/streaming-histogram.ts';
import { cloneModel } from '../onnx/clone-model.ts';
import type { Model } from '../onnx/ir/model.ts';
import type { Node } from '../onnx/ir/node.ts';
import type { Value } from '../onnx/ir/value.ts';
import { opOf } from '../ops/index.ts';
import { inferTypes } from '../ops/infer-types.ts';
import { matchNodes } from '../passes/match-nodes.ts';
import { nodeName } from '../passes/node-name.ts';
import { removeDead } from '../passes/remove-dead.ts';
import type { Target } from '../targets/target.ts';
import { addRelevanceTaps } from './add-relevance-taps.ts';
import { addShiftProbes, type WeightError } from './add-shift-probes.ts';
import { type Emitted, emitQdq } from './emit-qdq.ts';
import { atValue } from './errors.ts';
import { fillInputChannels } from './fill-input-channels.ts';
import type { Format } from './format.ts';
import { codeRange, type Grid, gridOfRange } from './grid.ts';
import { guardCapturedMovers } from './guard-captured-movers.ts';
import { guardFloatLayers } from './guard-float-layers.ts';
import { keepProductsApart } from './keep-products-apart.ts';
import { LayerSettings, type Settings } from './layer-settings.ts';
import type { Layout } from './layout.ts';
import { qdq } from './layouts/qdq.ts';
import type { Override } from './overrides.ts';
import type { NodeState, Plan } from './plan.ts';
import { planOf } from './plan-of.ts';
import { weightError } from './quantized-weight.ts';
import { reasonAgainstLayer } from './reason-against-layer.ts';
import { refuseNonFiniteWeights } from './refuse-non-finite-weights.ts';
import { shiftBiases } from './shift-biases.ts';
import { storeFloatWeights } from './store-float-weights.ts';
import type { WeightGoal } from './weight-grid.ts';
import type { StorageFormat } from './weights/storage-options.ts';
import type { StoredNode } from './weights/store-weights.ts';

export interface QuantizerOptions {
  readonly target: Target;
  readonly activations: Format;
  readonly weights: Format;
  readonly granularity: 'channel' | 'tensor';
  readonly reduceRange: boolean;
  /** What the weights of layers the engine computes in float are stored as; undefined: as they are. */
  readonly floatWeights?: StorageFormat | undefined;
  readonly symmetricActivations: boolean;
  /** Take the mean error that rounded weights cause out of the layers' biases. */
  readonly correctBiases: boolean;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** Makes the observer of one value. */
  readonly createObserver: () => Observer;
  /** What holds for some nodes in place of the above; of two, the later wins. */
  readonly overrides?: readonly Override[];
  /** How integer layers are written; default QDQ. */
  readonly layout?: Layout;
}

/** A plan with the settings it was made by. */
interface Planned {
  readonly plan: Plan;
  readonly settings: LayerSettings;
}

/** A quantized model with what is known about how it was made. */
export interface Quantized {
  readonly model: Model;
  readonly emitted: Emitted;
  /** In graph order. */
  readonly layers: readonly BuiltLayer[];
  /** Float nodes whose weights are stored in fewer bits. */
  readonly stored: readonly StoredNode[];
  /** Float layers that needed a guard against the engine. */
  readonly guarded: readonly string[];
}

export interface BuiltLayer {
  readonly name: string;
  readonly node: Node;
  readonly state: NodeState;
  /** Name of the format a quantized node computes in. */
  readonly format: string | undefined;
  /** Name of the value it hands on, behind absorbed clamps. */
  readonly result: string;
}

/** The samples a model is calibrated with, and the engine that runs them. */
export interface CalibrationRun extends Cancellable {
  readonly runner: Runner;
  readonly dataset: Dataset;
  readonly indices: ArrayLike<number>;
  readonly threads?: number;
  /** Also collect what only a report shows: histograms, errors of activations. */
  readonly details?: boolean;
}

/** Statistics of one value over the calibration samples. */
interface Observed {
  readonly observer: Observer;
  /** Kept beside an observer that has none, where a report wants one. */
  readonly ownHistogram: StreamingHistogram | undefined;
}

/**
 * Quantizes one clean float model in as many ways as asked: values are observed once, and every choice of layers to be
 * left in float is built from the same statistics.
 */
export class Quantizer {
  readonly base: Model;
  readonly options: QuantizerOptions;
  readonly #observed = new Map<string, Observed>();
  /** How each observed value is quantized, by its name. */
  readonly #settings = new Map<string, Settings>();
  /** What rounded weights shift each layer's outputs by, by output name. */
  readonly #shifts = new Map<string, Float64Array>();
  /** y by x of the sums max(0, x + y), by name. */
  readonly #partners = new Map<string, string>();

  /** @param base a cleaned model at the target's operator set or above; it is not changed */
  constructor(base: Model, options: QuantizerOptions) {
    this.base = base;
    this.options = options;
  }

  /** Observes every value that any choice of layers may need a range of, and what rounding does to each layer. */
  async calibrate(run: CalibrationRun): Promise<void> {
    const model = cloneModel(this.base);
    const { plan, settings } = await this.#plan(model, new Map());
    await refuseNonFiniteWeights(plan);
    for (const value of plan.values) {
      const { name } = value;
      const ofValue = settings.of(...makersOf(value, plan));
      this.#settings.set(name, ofValue);
      const observer = ofValue.createObserver();
      const ownHistogram = run.details && !observer.histogram ? new StreamingHistogram() : undefined;
      this.#observed.set(name, { observer, ownHistogram });
    }
    const taps = await this.#addTaps(model, plan);
    const probes = this.options.correctBiases
      ? addShiftProbes(model, this.#weightErrors(plan, settings))
      : new Map<string, string>();
    const take = (name: string, values: Float32Array): void => {
      const layer = probes.get(name);
      if (layer === undefined) this.#observe(taps.get(name)!, values);
      else this.#addShift(layer, values);
    };
    const runs = await observeValues(model, [...taps.keys(), ...probes.keys()], take, run);
    for (const shift of this.#shifts.values()) for (let c = 0; c < shift.length; c++) shift[c] /= runs;
  }

  /** What to fetch for each planned value: name of the planned value by name of what stands for it. */
  async #addTaps(model: Model, plan: Plan): Promise<Map<string, string>> {
    const relevant = await addRelevanceTaps(model.graph, plan);
    const replacements = new Map([...relevant].map(([tap, { name }]) => [name, tap]));
    for (const { name, partner } of relevant.values()) this.#partners.set(name, partner.name);
    const taps = new Map<string, string>();
    for (const value of plan.values) {
      const tap = replacements.get(value.name) ?? value;
      const { observer, ownHistogram } = this.#observed.get(value.name)!;
      const needsAll = !observer.needsOnlyExtremes || ownHistogram;
      taps.set((needsAll ? tap : addExtremesTap(model.graph, tap)).name, value.name);
    }
    model.graph.sort();
    return taps;
  }

  #observe(name: string, values: Float32Array): void {
    const { observer, ownHistogram } = this.#observed.get(name)!;
    atValue(name, () => {
      observer.observe(values);
      ownHistogram?.observe(values);
    });
  }

  /** Adds the shift of one run to the sum over all. */
  #addShift(layer: string, values: Float32Array): void {
    const sum = this.#shifts.get(layer) ?? new Float64Array(values.length);
    for (let c = 0; c < sum.length; c++) sum[c] += values[c];
    this.#shifts.set(layer, sum);
  }

  /** What becomes of each node with a quantization role if nothing else is left in float, in graph order. */
  async describe(): Promise<{ name: string; node: Node; state: NodeState['state']; reason: string }[]> {
    const { plan } = await this.#plan(this.base, new Map());
    return [...plan.nodes].map(([node, state]) => ({
      name: nodeName(node),
      node,
      state: state.state,
      reason: state.state === 'float' ? state.reason : '',
    }));
  }

  /** The other operand where a value is seen only while the sum of both is above 0 (add-relevance-taps). */
  partnerOf(name: string): string | undefined {
    return this.#partners.get(name);
  }

  /** The range and display histogram of an observed value. */
  statistics(
    name: string,
  ): { range: Range; histogram?: ReturnType<StreamingHistogram['coarse']> } | undefined {
    const observed = this.#observed.get(name);
    if (!observed) return undefined;
    const histogram = observed.observer.histogram ?? observed.ownHistogram;
    return {
      range: this.#range(name, this.#settingsOf(name).activations),
      ...(histogram && { histogram: histogram.coarse() }),
    };
  }

  /** Patterns of overrides that match only nodes to which nothing they say applies. */
  async overridesWithoutEffect(): Promise<string[]> {
    const { plan, settings } = await this.#plan(this.base, new Map());
    return settings.withoutEffect(plan);
  }

  /** @param floatLayers names of nodes to be left in float besides the excluded ones, and why */
  async build(floatLayers: ReadonlyMap<string, string> = new Map()): Promise<Quantized> {
    const { target, layout = qdq } = this.options;
    const model = cloneModel(this.base);
    const { plan, settings } = await this.#plan(model, floatLayers);
    const layers = [...plan.nodes].map(([node, state]) => ({
      name: nodeName(node),
      node,
      state,
      format: state.state === 'quantized' ? plan.formatAt(node, 0).name : undefined,
      result: plan.resultOf(node).name,
    }));
    const quantized = [...plan.nodes].filter(([, { state }]) => state === 'quantized').map(([node]) => node);
    await shiftBiases(model.graph, quantized, this.#shifts);
    keepProductsApart(model.graph, plan, await inferTypes(model));
    const emitted = await emitQdq(model.graph, plan, {
      target,
      gridOf: (value, format) => this.#gridOf(value.name, format),
      goalOf: (layer) => this.#goalOf(layer, settings),
    });
    fillInputChannels(model.graph, plan, target);
    const guarded = guardFloatLayers(model.graph, plan, target).map(nodeName);
    guardCapturedMovers(model.graph);
    const stored = await storeFloatWeights(model, plan, floatLayers, {
      ...this.options,
      overridden: settings.floatNodes(),
    });
    // Stored as the quantized layers' weights are, these have the same errors.
    if (this.#storesAlike)
      await shiftBiases(
        model.graph,
        stored.map(({ node }) => node),
        this.#shifts,
      );
    removeDead(model.graph);
    layout.rewrite(model, plan);
    removeDead(model.graph);
    const decoded = new Map(
      [...emitted.decoded].filter(([, value]) => value.isUsed || model.graph.outputs.includes(value)),
    );
    return { model, emitted: { ...emitted, decoded }, layers, stored, guarded };
  }

  /** Whether weights of float layers are stored as those of quantized ones are. */
  get #storesAlike(): boolean {
    const { floatWeights, weights, reduceRange } = this.options;
    return floatWeights === weights && !reduceRange;
  }

  #weightErrors({ nodes }: Plan, settings: LayerSettings): WeightError[] {
    const errors: WeightError[] = [];
    for (const [layer, { state }] of nodes) {
      const role = opOf(layer)?.role;
      const source = layer.inputs[1]?.initializer;
      if (role?.kind !== 'weighted' || role.bias === undefined || !source) continue;
      const isStored = this.#storesAlike && layer.graph?.owner === undefined;
      const hasErrors =
        isStored && reasonAgainstLayer(layer, role.weight, role.channelAxis(layer)) === undefined;
      if (state === 'quantized' || hasErrors)
        errors.push({ layer, error: weightError(source, this.#goalOf(layer, settings)) });
    }
    return errors;
  }

  #goalOf(layer: Node, settings: LayerSettings): WeightGoal {
    const { target, reduceRange } = this.options;
    const { weights: format, granularity } = settings.of(layer);
    const role = opOf(layer)?.role;
    const rank = layer.inputs[1]?.initializer?.shape.length ?? 0;
    const { maxRankByChannel = rank } = target.kernels[layer.opType] ?? {};
    const isByChannel = granularity === 'channel' && role?.kind === 'weighted' && rank <= maxRankByChannel;
    return { format, axis: isByChannel ? role.channelAxis(layer) : undefined, reduceRange };
  }

  async #plan(model: Model, floatLayers: ReadonlyMap<string, string>): Promise<Planned> {
    const { options } = this;
    const { target, include, exclude, symmetricActivations, overrides = [] } = options;
    const general = { ...options, symmetric: symmetricActivations };
    const settings = new LayerSettings(model.graph, general, overrides);
    const excluded = settings.floatNodes();
    for (const node of matchNodes(model.graph, exclude)) excluded.set(node, 'excluded');
    for (const node of model.graph.nodes) {
      const reason = floatLayers.get(nodeName(node));
      if (reason !== undefined && !excluded.has(node)) excluded.set(node, reason);
    }
    const included = include.length > 0 ? matchNodes(model.graph, include) : undefined;
    const plan = await planOf(model, target, {
      include: included,
      exclude: excluded,
      symmetricActivations,
      formatOf: (node) => settings.of(node).activations,
    });
    return { plan, settings };
  }

  #gridOf(name: string, format: Format): Grid {
    const { symmetric } = this.#settingsOf(name);
    return gridOfRange(this.#range(name, format), format, { symmetric, reduceRange: false });
  }

  #range(name: string, format: Format): Range {
    const { range, symmetric } = this.#settingsOf(name);
    if (range) return range;
    const codes = codeRange(format, { symmetric, reduceRange: false });
    const { observer } = this.#observed.get(name)!;
    return atValue(name, () => observer.range({ levels: codes.max - codes.min + 1, symmetric }));
  }

  #settingsOf(name: string): Settings {
    const settings = this.#settings.get(name);
    if (!settings) throw new Error(`"${name}" was not observed`);
    return settings;
  }
}

/** The node that makes a value, and those whose results it clamps. */
function makersOf(value: Value, plan: Plan): Node[] {
  const { producer } = value;
  if (!producer) return [];
  const cut = producer.inputs[0];
  const isClamp = cut !== undefined && plan.clamps.get(cut) === producer;
  return isClamp ? [producer, ...makersOf(cut, plan)] : [producer];
}
