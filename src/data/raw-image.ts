/** One decoded image: 8-bit samples, interleaved, `data: [height, width, channels]`; 3 channels are sRGB in the order R, G, B. */
export interface RawImage {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly data: Uint8Array;
}

/** Bound on the pixels of one image, decoded or resized: a bomb of a few kilobytes must not take the machine's memory. */
export const MAX_IMAGE_PIXELS = 2 ** 26;
