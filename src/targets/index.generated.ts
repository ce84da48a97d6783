// Made by scripts/generate-indexes.mjs from the files of this folder: do not edit.
import type { Target } from './target.ts';
import { arm64 } from './arm64.ts';
import { wasm } from './wasm.ts';
import { webgpu } from './webgpu.ts';
import { x64 } from './x64.ts';
import { x64Vnni } from './x64-vnni.ts';

/** All targets. */
export const targets = {
  arm64,
  wasm,
  webgpu,
  x64,
  'x64-vnni': x64Vnni,
} as const satisfies Record<string, Target>;

export type TargetName = keyof typeof targets;
