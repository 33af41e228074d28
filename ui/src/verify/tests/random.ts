/** Mulberry32: a seeded generator, so that a failure can be repeated. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** `count` copies of the file, each with one random bit flipped. */
export function* bitFlips(file: Uint8Array, count: number, seed = 20_261_121): Generator<Uint8Array> {
  const next = random(seed);
  for (let i = 0; i < count; i++) {
    const copy = file.slice();
    const at = Math.floor(next() * copy.length);
    copy[at] = (copy[at] ?? 0) ^ (1 << Math.floor(next() * 8));
    yield copy;
  }
}
