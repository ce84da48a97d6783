/** An equation in which no operand has a letter twice and nothing is left to be filled in. */
export interface PlainEinsum {
  /** Letters of the operands; those of identity matrices, which are added at the end, among them. */
  readonly operands: readonly string[];
  readonly result: string;
  /** Sizes of the identity matrices. */
  readonly diagonals: readonly number[];
}

/**
 * Writes an Einsum equation plainly: dots become letters, the result is stated, and a letter that an operand has twice (its
 * diagonal) becomes two letters that an identity matrix ties: ii→i is the same as ij,ij→i with it.
 */
export function normalizeEinsum(equation: string, shapes: readonly (readonly number[])[]): PlainEinsum {
  const [left, stated] = equation.replaceAll(/\s/g, '').split('->');
  const free = freeLetters(equation);
  const given = left.split(',');
  const widths = given.map((letters, i) =>
    letters.includes('...') ? shapes[i].length - letters.replace('...', '').length : 0,
  );
  // Axes behind dots are aligned at the end, as in broadcasting.
  const dots = Array.from({ length: Math.max(...widths) }, () => take(free));
  const filled = given.map((letters, i) =>
    letters.replace('...', dots.slice(dots.length - widths[i]).join('')),
  );
  const result = stated?.replace('...', dots.join('')) ?? impliedResult(filled, dots);
  const ties: { letters: string; size: number }[] = [];
  const operands = filled.map((letters, i) => {
    const seen = new Set<string>();
    return [...letters]
      .map((letter, axis) => {
        if (!seen.has(letter)) {
          seen.add(letter);
          return letter;
        }
        const other = take(free);
        ties.push({ letters: letter + other, size: shapes[i][axis] });
        return other;
      })
      .join('');
  });
  return {
    operands: [...operands, ...ties.map(({ letters }) => letters)],
    result,
    diagonals: ties.map(({ size }) => size),
  };
}

/** What stands behind dots, then letters that occur once, in alphabetical order. */
function impliedResult(operands: readonly string[], dots: readonly string[]): string {
  const all = [...operands.join('')].filter((letter) => !dots.includes(letter));
  const once = all.filter((letter) => all.indexOf(letter) === all.lastIndexOf(letter));
  return [...dots, ...once.sort()].join('');
}

function freeLetters(equation: string): string[] {
  const letters = [...'ZYXWVUTSRQPONMLKJIHGFEDCBAzyxwvutsrqponmlkjihgfedcba'];
  return letters.filter((letter) => !equation.includes(letter));
}

function take(letters: string[]): string {
  const letter = letters.shift();
  if (!letter) throw new Error('an equation uses up the alphabet');
  return letter;
}
