// Made by scripts/generate-indexes.mjs from the files of this folder: do not edit.
import type { Net } from '../net.ts';
import { charGpt } from './char-gpt.ts';
import { convnetCifar } from './convnet-cifar.ts';
import { dsCnn } from './ds-cnn.ts';
import { gru } from './gru.ts';
import { lenet300100 } from './lenet-300-100.ts';
import { lenet5 } from './lenet-5.ts';
import { lenet5Caffe } from './lenet-5-caffe.ts';
import { lstm } from './lstm.ts';
import { mlp78412810 } from './mlp-784-128-10.ts';
import { mobilenetV1 } from './mobilenet-v1.ts';
import { mobilenetV2 } from './mobilenet-v2.ts';
import { resnet18 } from './resnet-18.ts';
import { resnet20 } from './resnet-20.ts';
import { resnet32 } from './resnet-32.ts';
import { resnet56 } from './resnet-56.ts';
import { resnet8 } from './resnet-8.ts';
import { textCnn } from './text-cnn.ts';
import { transformerEncoder } from './transformer-encoder.ts';
import { twoConv } from './two-conv.ts';

/** All known networks. */
export const zoo = {
  'char-gpt': charGpt,
  'convnet-cifar': convnetCifar,
  'ds-cnn': dsCnn,
  gru,
  'lenet-300-100': lenet300100,
  'lenet-5': lenet5,
  'lenet-5-caffe': lenet5Caffe,
  lstm,
  'mlp-784-128-10': mlp78412810,
  'mobilenet-v1': mobilenetV1,
  'mobilenet-v2': mobilenetV2,
  'resnet-18': resnet18,
  'resnet-20': resnet20,
  'resnet-32': resnet32,
  'resnet-56': resnet56,
  'resnet-8': resnet8,
  'text-cnn': textCnn,
  'transformer-encoder': transformerEncoder,
  'two-conv': twoConv,
} as const satisfies Record<string, Net>;

export type NetName = keyof typeof zoo;
