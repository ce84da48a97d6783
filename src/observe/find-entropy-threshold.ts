/**
 * How many of the leading magnitude bins to keep so that quantizing them to `levels` even steps loses least
 * information (S. Migacz, "8-bit inference with TensorRT", GTC 2017). At least one bin is not empty; returns
 * levels..bins.length, or bins.length where there are no more bins than levels.
 *
 * For each candidate i, with h the bins, S = Σ_{j<i} h_j, O = Σ_{j≥i} h_j (the outliers), T = S + O:
 *
 *     P_j = h_j / T, with O added to P_{i−1}: what clipping makes of the distribution
 *     Q_j = (sum of h over the level of j) / (its number of bins with P > 0) / S, where P_j > 0: what quantizing keeps
 *     KL(P‖Q) = Σ P_j·log(P_j / Q_j)
 *
 * Level g covers bins ⌊g·i/levels⌋ .. ⌊(g + 1)·i/levels⌋ − 1: as even as whole bins allow, where MXNet and ONNX Runtime
 * make all levels ⌊i/levels⌋ wide and the last one take the rest. Q_j = 0 < P_j makes a candidate infinitely bad.
 *
 * P is constant over most bins from one candidate to the next and Q within a level, so with prefix sums of h, of
 * h·log h and of the non-empty bins a candidate costs `levels` logarithms instead of i.
 */
export function findEntropyThreshold(bins: Float64Array, levels: number): number {
  const prefix = prefixSums(bins);
  let best = bins.length;
  let least = divergence(prefix, bins.length, levels);
  for (let kept = bins.length - 1; kept >= levels; kept--) {
    const candidate = divergence(prefix, kept, levels);
    if (candidate < least) {
      least = candidate;
      best = kept;
    }
  }
  return best;
}

/** Element i sums over the first i bins. */
interface PrefixSums {
  mass: Float64Array;
  massLogMass: Float64Array;
  occupied: Float64Array;
}

function prefixSums(bins: Float64Array): PrefixSums {
  const mass = new Float64Array(bins.length + 1);
  const massLogMass = new Float64Array(bins.length + 1);
  const occupied = new Float64Array(bins.length + 1);
  for (let i = 0; i < bins.length; i++) {
    mass[i + 1] = mass[i] + bins[i];
    massLogMass[i + 1] = massLogMass[i] + timesLog(bins[i], bins[i]);
    occupied[i + 1] = occupied[i] + (bins[i] > 0 ? 1 : 0);
  }
  return { mass, massLogMass, occupied };
}

/** KL(P‖Q) = [Σ p·log p − Σ_levels p_level·log(h_level / occupied_level)]/T + log(S/T), with p = T·P. */
function divergence({ mass, massLogMass, occupied }: PrefixSums, kept: number, levels: number): number {
  const inside = mass[kept];
  if (inside === 0) return Number.POSITIVE_INFINITY;
  const total = mass[mass.length - 1];
  const outliers = total - inside;
  const edgeMass = inside - mass[kept - 1];

  let sum = massLogMass[kept - 1] + timesLog(edgeMass + outliers, edgeMass + outliers);
  let from = Math.floor(((levels - 1) * kept) / levels);
  const lastMass = inside - mass[from];
  const lastOccupied = occupied[kept] - occupied[from] + (edgeMass === 0 && outliers > 0 ? 1 : 0);
  if (lastMass === 0 && outliers > 0) return Number.POSITIVE_INFINITY;
  sum -= timesLog(lastMass + outliers, lastMass / lastOccupied);

  for (let level = levels - 2; level >= 0; level--) {
    const to = from;
    from = Math.floor((level * kept) / levels);
    const levelMass = mass[to] - mass[from];
    if (levelMass > 0) sum -= levelMass * Math.log(levelMass / (occupied[to] - occupied[from]));
  }
  return sum / total + Math.log(inside / total);
}

/** a·log b, with 0·log b = 0. */
function timesLog(a: number, b: number): number {
  return a > 0 ? a * Math.log(b) : 0;
}
