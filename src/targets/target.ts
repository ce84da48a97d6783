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
  /** Operators that move quantized values without decoding them. */
  readonly movers: Readonly<Record<string, MoverFacts>>;
  /**
   * Layers whose float weights the engine quantizes behind one's back, per tensor, where they lie between a
   * DequantizeLinear and a QuantizeLinear (research/quantization.md §11.1): such layers need a guard.
   */
  readonly quantizesWeightsOf: readonly string[];
  /** Operators without a kernel worth using that the engine computes in integers all the same between Q/DQ. */
  readonly fusesBesides: readonly string[];
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
