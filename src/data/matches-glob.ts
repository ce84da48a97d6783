/**
 * Whether a path matches a pattern, both with `/` between segments: `?` is any one character and `*` any run of them
 * within a segment, the segment `**` any number of folders.
 */
export function matchesGlob(path: string, pattern: string): boolean {
  return matchesGreedily(path.split('/'), pattern.split('/'), {
    isWild: (segment) => segment === '**',
    matchesOne: (name, segment) =>
      matchesGreedily(name, segment, {
        isWild: (character) => character === '*',
        matchesOne: (character, wanted) => wanted === '?' || wanted === character,
      }),
  });
}

interface Sequence {
  readonly length: number;
  readonly [index: number]: string;
}

interface Rules {
  /** The pattern item stands for any run of items. */
  isWild(item: string): boolean;
  matchesOne(item: string, wanted: string): boolean;
}

/** Going back only to the last wild item is enough, and keeps the time within items × pattern for hostile patterns. */
function matchesGreedily(items: Sequence, pattern: Sequence, { isWild, matchesOne }: Rules): boolean {
  let at = 0;
  let p = 0;
  let lastWild = -1;
  let resumeAt = 0;
  while (at < items.length) {
    if (p < pattern.length && isWild(pattern[p])) {
      lastWild = p++;
      resumeAt = at;
    } else if (p < pattern.length && matchesOne(items[at], pattern[p])) {
      at++;
      p++;
    } else if (lastWild >= 0) {
      p = lastWild + 1;
      at = ++resumeAt;
    } else return false;
  }
  while (p < pattern.length && isWild(pattern[p])) p++;
  return p === pattern.length;
}
