/** Where pixels stand in a sample: at ((plane · height + y) · width + x) · depth + place. Planes or depth are 1. */
export interface ImageLayout {
  /** Channels that lie apart. */
  readonly planes: number;
  readonly height: number;
  readonly width: number;
  /** Channels that lie beside each other. */
  readonly depth: number;
}

/** More channels than this are taken for a side. */
const MOST_CHANNELS = 4;

/** The layout of [C, H, W], [H, W, C] or [H, W]; undefined where a shape is no image's. */
export function imageLayout(shape: readonly number[]): ImageLayout | undefined {
  if (shape.length === 2) return withSides({ planes: 1, height: shape[0], width: shape[1], depth: 1 });
  if (shape.length !== 3) return undefined;
  const [first, second, third] = shape;
  return first <= MOST_CHANNELS
    ? withSides({ planes: first, height: second, width: third, depth: 1 })
    : withSides({ planes: 1, height: first, width: second, depth: third });
}

function withSides(layout: ImageLayout): ImageLayout | undefined {
  const { height, width, depth } = layout;
  return height > MOST_CHANNELS && width > MOST_CHANNELS && depth <= MOST_CHANNELS ? layout : undefined;
}
