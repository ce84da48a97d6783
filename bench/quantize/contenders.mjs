import { runPare, runPeerScript } from './run.mjs';

const DEPTHWISE = 'is:depthwise';

/** Flags of each way to quantize, by name; those in `depthwise` only make sense where there are such layers. */
export const contenders = {
  pare: { side: 'pare', flags: [] },
  'pare minmax': { side: 'pare', flags: ['--observer', 'minmax'] },
  'peer minmax': { side: 'peer', flags: ['--method', 'minmax'] },
  'peer percentile': { side: 'peer', flags: ['--method', 'percentile'] },
};

export const depthwiseContenders = {
  pare: contenders.pare,
  'pare keep-fastest': { side: 'pare', flags: ['--keep-fastest'] },
  'pare depthwise float': { side: 'pare', flags: ['--exclude', DEPTHWISE] },
  'peer minmax': contenders['peer minmax'],
  'peer percentile': contenders['peer percentile'],
  'peer depthwise float': { side: 'peer', flags: ['--method', 'minmax', '--exclude-depthwise'] },
};

/** Quantizes with one contender; pare's report, or what the peer's script says. */
export function quantizeWith({ side, flags }, { model, out, data, seed }) {
  return side === 'pare'
    ? runPare('quantize', model, '-o', out, '--data', data.file, '--seed', seed, ...flags)
    : runPeerScript('quantize_peer.py', [model, out, '--arrays', data.arrays, ...flags]);
}
