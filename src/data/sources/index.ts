import type { Source } from '../source.ts';
import { cifar10 } from './cifar10.ts';
import { idx } from './idx.ts';
import { images } from './images.ts';
import { synthetic } from './synthetic.ts';

/** Every kind of data set, by the word after `kind:`. */
export const sources = { images, idx, cifar10, synthetic } as const satisfies Record<string, Source>;
