import type { ImageLayout } from './image-layout.ts';

/** Where in the source each pixel of the result is read: a column and a row a pixel, between pixels too. */
export interface SourcePlaces {
  readonly xs: Float32Array;
  readonly ys: Float32Array;
}

/** Reads an image at other places, by bilinear interpolation; outside it is `blank`. */
export function resample(
  source: Float32Array,
  target: Float32Array,
  blank: Float32Array,
  image: ImageLayout,
  { xs, ys }: SourcePlaces,
): void {
  const { height, width, depth } = image;
  const row = width * depth;
  const plane = height * row;
  for (let pixel = 0, place = 0; pixel < xs.length; pixel++, place += depth) {
    const left = Math.floor(xs[pixel]);
    const top = Math.floor(ys[pixel]);
    const isInside = left >= 0 && top >= 0 && left < width - 1 && top < height - 1;
    if (!isInside) {
      readBorder(source, target, blank, image, { pixel, x: xs[pixel], y: ys[pixel] });
      continue;
    }
    const right = xs[pixel] - left;
    const bottom = ys[pixel] - top;
    const corner = top * row + left * depth;
    for (let start = 0; start < source.length; start += plane)
      for (let d = start; d < start + depth; d++) {
        const at = corner + d;
        const above = source[at] + right * (source[at + depth] - source[at]);
        const below = source[at + row] + right * (source[at + row + depth] - source[at + row]);
        target[place + d] = above + bottom * (below - above);
      }
  }
}

/** A pixel that has neighbours outside. */
function readBorder(
  source: Float32Array,
  target: Float32Array,
  blank: Float32Array,
  { height, width, depth }: ImageLayout,
  { pixel, x, y }: { pixel: number; x: number; y: number },
): void {
  const left = Math.floor(x);
  const top = Math.floor(y);
  const plane = height * width * depth;
  for (let start = 0; start < source.length; start += plane)
    for (let d = start; d < start + depth; d++) {
      let sum = 0;
      for (let corner = 0; corner < 4; corner++) {
        const column = left + (corner & 1);
        const line = top + (corner >> 1);
        const weight = (corner & 1 ? x - left : 1 - x + left) * (corner >> 1 ? y - top : 1 - y + top);
        const isInside = column >= 0 && column < width && line >= 0 && line < height;
        sum += weight * (isInside ? source[(line * width + column) * depth + d] : blank[pixel * depth + d]);
      }
      target[pixel * depth + d] = sum;
    }
}
