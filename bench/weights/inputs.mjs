/** Samples of a frame of the voice detectors, which leave its length open. */
const FRAME = 576;

/** Seeded inputs of a model's own shapes; lengths it leaves open are 1, of a picture 64. */
export function inputsOf(session, ort, seed) {
  const random = generator(seed);
  const feeds = {};
  for (const { name, type, shape } of session.inputMetadata) {
    const dims = shape.map((n) => (typeof n === 'number' && n > 0 ? n : 1));
    // Sound: [batch, samples] without lengths.
    if (name === 'input' && dims.length === 2 && typeof shape[1] !== 'number') dims[1] = FRAME;
    // Pictures that may have any height and width.
    if (dims.length === 4 && typeof shape[2] !== 'number') dims.splice(2, 2, 64, 64);
    const count = dims.reduce((product, n) => product * n, 1);
    if (type === 'int64') feeds[name] = new ort.Tensor('int64', new BigInt64Array(count).fill(16000n), dims);
    else if (type === 'float32')
      feeds[name] = new ort.Tensor('float32', Float32Array.from({ length: count }, random), dims);
    else throw new Error(`input ${name} is ${type}`);
  }
  return feeds;
}

/** Normal numbers by the sum of twelve uniform ones. */
function generator(seed) {
  let state = seed >>> 0;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return () => {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += uniform();
    return sum / 4;
  };
}
