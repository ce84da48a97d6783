import { arm64 } from './arm64.ts';
import type { Target } from './target.ts';
import { x64 } from './x64.ts';
import { x64Vnni } from './x64-vnni.ts';

export const targets = { 'x64-vnni': x64Vnni, x64, arm64 } as const satisfies Record<string, Target>;

export type TargetName = keyof typeof targets;
