import type { Attribute } from './attribute.ts';
import type { Graph } from './graph.ts';

/** A function defined in the model file: an operator whose meaning is a graph. */
export interface ModelFunction {
  readonly name: string;
  readonly domain: string;
  readonly overload: string;
  readonly docString: string;
  readonly graph: Graph;
  readonly attributeNames: readonly string[];
  readonly attributeDefaults: ReadonlyMap<string, Attribute>;
  readonly opsetImports: ReadonlyMap<string, number>;
  readonly metadata: ReadonlyMap<string, string>;
  readonly foreign: unknown;
}

/** A whole model: one main graph and the operator sets it is written in. */
export class Model {
  /** Version of the file format. */
  irVersion = 8;
  /** The tool that wrote the file. */
  producerName = '';
  /** Its version. */
  producerVersion = '';
  /** Reverse-DNS name space of the model; often empty. */
  domain = '';
  /** Counted by the model's maker; 0 where unused. */
  modelVersion = 0n;
  /** Text for people. */
  docString = '';
  /** Free pairs of key and value; pare's own begin with `pare.`. */
  readonly metadata = new Map<string, string>();
  /** Operator set version by domain; '' is the standard one. */
  readonly opsetImports = new Map<string, number>();
  /** The main graph. */
  graph: Graph;
  /** Operators that the file defines itself. */
  functions: ModelFunction[] = [];
  /** Fields the reader does not know, for the writer. */
  foreign: unknown;
  /** Where the weights that are not in the model's file are, as that file says: paths seen from its folder. */
  externalLocations: readonly string[] = [];
  /** Releases what the lazy tensors read from (an open file). */
  close: () => Promise<void> = async () => {};

  constructor(graph: Graph) {
    this.graph = graph;
  }

  /** Version of the standard operator set; 0 where the model imports none. */
  get opset(): number {
    return this.opsetImports.get('') ?? 0;
  }
}
