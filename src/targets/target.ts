import type { Node } from '../onnx/ir/node.ts';

/** What quantization pays on one kind of engine and processor. Nothing else in pare knows which operators fuse. */
export interface Target {
  readonly name: string;
  /** One line for help texts. */
  readonly summary: string;
  /** Format names of quantize/formats. */
  readonly activations: string;
  readonly weights: string;
  /** Formats of activations that kernels and movers take; layers of others are computed in float between DQ and Q. */
  readonly integerFormats: readonly string[];
  /** 7-bit weights, for processors whose 8-bit dot products saturate at 16 bits. */
  readonly reduceRange: boolean;
  /** One scale a channel or one a tensor. */
  readonly granularity: 'channel' | 'tensor';
  /** Lowest operator set in which the emitted Q/DQ nodes exist. */
  readonly opset: number;
  /**
   * Weighted and computed operators (standard domain) that run in integers when wrapped in Q/DQ. A target without any
   * gains nothing from quantized activations.
   */
  readonly kernels: Readonly<Record<string, KernelFacts>>;
  /** Operators (by type) that run in integers on activations quantized as they come, and when that is faster. */
  readonly dynamic: Readonly<Record<string, DynamicFacts>>;
  /** Operators that move quantized values without decoding them. */
  readonly movers: Readonly<Record<string, MoverFacts>>;
  /**
   * Layers whose float weights the engine quantizes behind one's back, per tensor, where they lie between a
   * DequantizeLinear and a QuantizeLinear (research/quantization.md §11.1): such layers need a guard.
   */
  readonly quantizesWeightsOf: readonly string[];
  /** Operators without a kernel worth using that the engine computes in integers all the same between Q/DQ. */
  readonly fusesBesides: readonly string[];
  /** Kernels that compute with weights in blocks of codes (MatMulNBits, GatherBlockQuantized); absent: there are none. */
  readonly blockKernels?: BlockKernels;
}

export interface BlockKernels {
  /** Bits a code, and codes a scale, that they take. */
  readonly bits: readonly number[];
  readonly blocks: readonly number[];
  /** The `accuracy_level` they are fast at: 4 rounds the data to 8 bits, by block; 0 leaves the choice to the engine. */
  readonly accuracyLevel: number;
  /** Depth from which a product by codes is not slower than by decoded weights: of one row, and of any number. */
  readonly minDepth: { readonly oneRow: number; readonly rows: number };
}

export interface DynamicFacts {
  /** Fewer multiply–accumulates a run (a step, where layers run step by step) are done faster in float. */
  readonly minMacs: number;
  /** A stack of matrices is not packed beforehand, which pays from so many rows of data a matrix on. */
  readonly minRowsOfStack?: number;
}

export interface KernelFacts {
  /** The kernel is found only if the weight's DequantizeLinear has a zero point input, even one of zeros. */
  readonly needsWeightZeroPoint?: boolean;
  /** The fast kernel takes input channels in multiples of this; others are filled up with zeros where that pays. */
  readonly inputChannelMultiple?: number;
  /** That kernel serves layers of at least so many output channels. */
  readonly minOutputChannels?: number;
  /** The kernel can hand out its float sums, so that its output needs no Q/DQ. */
  readonly floatOutput: boolean;
  /** Weights of more axes get one grid for all: the kernel takes no others. */
  readonly maxRankByChannel?: number;
  /** Products of two activations; absent: they are left in float. */
  readonly dataProducts?: DataProductFacts;
  /** Why a node of this operator is better left in float; undefined where it is not. */
  loses?(node: Node): string | undefined;
}

export interface DataProductFacts {
  /** Format of the right factor where it comes in float. */
  readonly rightFormat: string;
  /** Products over a shorter axis are faster in float. */
  readonly minDepth: number;
}

export interface MoverFacts {
  /** Also codes of 16 bits, which some operators have no kernel for. */
  readonly isWide: boolean;
  /** Why a node of this operator is better left in float; undefined where it is not. */
  loses?(node: Node): string | undefined;
}
