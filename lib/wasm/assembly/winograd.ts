// @ts-nocheck AssemblyScript
/**
 * Convolutions 3×3 by Winograd's F(2×2, 3×3): Lavin & Gray, "Fast Algorithms for Convolutional Neural Networks", 2016.
 *
 * A tile of 2×2 outputs comes from 4×4 inputs d and a filter g by 16 multiplications instead of 36:
 * Y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A, with (the last row's sign chosen so that nothing needs to be negated)
 *
 *      1  0 −1  0          1  0  0           1  0
 * Bᵀ = 0  1  1  0      G = ½  ½  ½       A = 1  1
 *      0 −1  1  0          ½ −½  ½           1 −1
 *      0 −1  0  1          0  0  1           0  1
 *
 * The gradients are those of this very algorithm: of the products P = A Y′ Aᵀ, of the input B [(G g Gᵀ) ⊙ P] Bᵀ, of the
 * filter Gᵀ [(Bᵀ d B) ⊙ P] G. The 16 numbers of a tile are its positions; per position all of it is matrix products.
 * Tiles come in groups of 8, and what is transformed lies as [position][channel][8 tiles], a channel more as padding.
 */
import { add, lane0, lane1, lane2, lane3, madd, sub, V } from "./lanes.ts";

/** Bytes of the 8 tiles of a channel. */
const TILES: usize = 8 * V;

// @inline
function position(channels: usize): usize {
  return (channels + 1) * TILES;
}

/**
 * Transforms a group of 8 tiles of each channel, Bᵀ d B.
 *
 * @param maps the group's first row in channel 0 of [channels][side][side], a border of zeros included
 * @param columns tiles in a row: 8 or 4
 */
export function transformInput(maps: usize, channels: usize, columns: usize, to: usize): void {
  const row = (columns * 2 + 2) * V, plane = row * (columns * 2 + 2), P = position(channels);
  for (let c: usize = 0; c < channels; c++) {
    for (let t: usize = 0; t < 8; t++) {
      let p = maps + c * plane + (t / columns) * 2 * row + (t % columns) * 2 * V;
      // The rows of Bᵀ d.
      const a0 = v128.load(p), a1 = v128.load(p, 16), a2 = v128.load(p, 32), a3 = v128.load(p, 48);
      p += row;
      const b0 = v128.load(p), b1 = v128.load(p, 16), b2 = v128.load(p, 32), b3 = v128.load(p, 48);
      p += row;
      const c0 = v128.load(p), c1 = v128.load(p, 16), c2 = v128.load(p, 32), c3 = v128.load(p, 48);
      p += row;
      const d0 = v128.load(p), d1 = v128.load(p, 16), d2 = v128.load(p, 32), d3 = v128.load(p, 48);
      const q = to + c * TILES + t * V;
      inputRow(sub(a0, c0), sub(a1, c1), sub(a2, c2), sub(a3, c3), q, P);
      inputRow(add(b0, c0), add(b1, c1), add(b2, c2), add(b3, c3), q + 4 * P, P);
      inputRow(sub(c0, b0), sub(c1, b1), sub(c2, b2), sub(c3, b3), q + 8 * P, P);
      inputRow(sub(d0, b0), sub(d1, b1), sub(d2, b2), sub(d3, b3), q + 12 * P, P);
    }
  }
}

// @inline
function inputRow(a: v128, b: v128, c: v128, d: v128, to: usize, P: usize): void {
  v128.store(to, sub(a, c));
  v128.store(to + P, add(b, c));
  v128.store(to + 2 * P, sub(c, b));
  v128.store(to + 3 * P, sub(d, b));
}

/**
 * Products of all positions: to[position][o][t] = Σ filters[position][o][i] from[position][i][t].
 *
 * @param filters [16][outs / 4][ins][4] floats
 */
export function multiply(filters: usize, from: usize, ins: usize, outs: usize, to: usize): void {
  for (let p: usize = 0; p < 16; p++) {
    for (let o: usize = 0; o < outs; o += 4) {
      for (let t: usize = 0; t < TILES; t += 2 * V) {
        let w = filters + (p * outs + o) * ins * 4;
        let x = from + p * position(ins) + t;
        const end = x + ins * TILES;
        let a0 = f32x4.splat(0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, d0 = a0, d1 = a0;
        while (x < end) {
          const x0 = v128.load(x), x1 = v128.load(x, 16);
          const k = v128.load(w), k0 = lane0(k), k1 = lane1(k), k2 = lane2(k), k3 = lane3(k);
          a0 = madd(a0, x0, k0);
          a1 = madd(a1, x1, k0);
          b0 = madd(b0, x0, k1);
          b1 = madd(b1, x1, k1);
          c0 = madd(c0, x0, k2);
          c1 = madd(c1, x1, k2);
          d0 = madd(d0, x0, k3);
          d1 = madd(d1, x1, k3);
          x += TILES;
          w += 16;
        }
        const q = to + p * position(outs) + o * TILES + t;
        v128.store(q, a0);
        v128.store(q, a1, 16);
        v128.store(q + TILES, b0);
        v128.store(q + TILES, b1, 16);
        v128.store(q + 2 * TILES, c0);
        v128.store(q + 2 * TILES, c1, 16);
        v128.store(q + 3 * TILES, d0);
        v128.store(q + 3 * TILES, d1, 16);
      }
    }
  }
}

/** Adds a group's Σ over t of gradients[position][o][t] inputs[position][i][t] to sums[position][o][i]. */
export function multiplySums(gradients: usize, inputs: usize, ins: usize, outs: usize, sums: usize): void {
  for (let p: usize = 0; p < 16; p++) {
    for (let o: usize = 0; o < outs; o += 4) {
      for (let i: usize = 0; i < ins; i += 2) {
        let g = gradients + p * position(outs) + o * TILES;
        let x = inputs + p * position(ins) + i * TILES;
        const end = x + TILES, step = ins * V;
        const s = sums + (p * outs + o) * step + i * V;
        let a0 = v128.load(s), a1 = v128.load(s, 16);
        let b0 = v128.load(s + step), b1 = v128.load(s + step, 16);
        let c0 = v128.load(s + 2 * step), c1 = v128.load(s + 2 * step, 16);
        let d0 = v128.load(s + 3 * step), d1 = v128.load(s + 3 * step, 16);
        while (x < end) {
          const x0 = v128.load(x), x1 = v128.load(x, 128);
          let v = v128.load(g);
          a0 = madd(a0, x0, v);
          a1 = madd(a1, x1, v);
          v = v128.load(g, 128);
          b0 = madd(b0, x0, v);
          b1 = madd(b1, x1, v);
          v = v128.load(g, 256);
          c0 = madd(c0, x0, v);
          c1 = madd(c1, x1, v);
          v = v128.load(g, 384);
          d0 = madd(d0, x0, v);
          d1 = madd(d1, x1, v);
          x += V;
          g += V;
        }
        v128.store(s, a0);
        v128.store(s, a1, 16);
        v128.store(s + step, b0);
        v128.store(s + step, b1, 16);
        v128.store(s + 2 * step, c0);
        v128.store(s + 2 * step, c1, 16);
        v128.store(s + 3 * step, d0);
        v128.store(s + 3 * step, d1, 16);
      }
    }
  }
}

/** The 2×2 outputs of one tile, Aᵀ P A and the bias, stored one after the other. */
// @inline
export function transformOutput(from: usize, P: usize, bias: v128, to: usize): void {
  let q = from;
  const a0 = v128.load(q), a1 = v128.load(q + P), a2 = v128.load(q + 2 * P), a3 = v128.load(q + 3 * P);
  q += 4 * P;
  const b0 = v128.load(q), b1 = v128.load(q + P), b2 = v128.load(q + 2 * P), b3 = v128.load(q + 3 * P);
  q += 4 * P;
  const c0 = v128.load(q), c1 = v128.load(q + P), c2 = v128.load(q + 2 * P), c3 = v128.load(q + 3 * P);
  q += 4 * P;
  const d0 = v128.load(q), d1 = v128.load(q + P), d2 = v128.load(q + 2 * P), d3 = v128.load(q + 3 * P);
  const e0 = add(add(a0, b0), c0), e1 = add(add(a1, b1), c1), e2 = add(add(a2, b2), c2), e3 = add(add(a3, b3), c3);
  v128.store(to, add(add(add(e0, e1), e2), bias));
  v128.store(to, add(add(sub(e1, e2), e3), bias), 16);
  const f0 = add(sub(b0, c0), d0), f1 = add(sub(b1, c1), d1), f2 = add(sub(b2, c2), d2), f3 = add(sub(b3, c3), d3);
  v128.store(to, add(add(add(f0, f1), f2), bias), 32);
  v128.store(to, add(add(sub(f1, f2), f3), bias), 48);
}

/** Gradient of the products of one tile, A Y′ Aᵀ, from that of its four outputs. */
// @inline
export function transformGradient(a: v128, b: v128, c: v128, d: v128, to: usize, P: usize): void {
  gradientRow(a, b, to, P);
  gradientRow(add(a, c), add(b, d), to + 4 * P, P);
  gradientRow(sub(a, c), sub(b, d), to + 8 * P, P);
  gradientRow(c, d, to + 12 * P, P);
}

// @inline
function gradientRow(a: v128, b: v128, to: usize, P: usize): void {
  v128.store(to, a);
  v128.store(to + P, add(a, b));
  v128.store(to + 2 * P, sub(a, b));
  v128.store(to + 3 * P, b);
}

/**
 * Adds the gradient of the input, B Q Bᵀ for each tile, to the maps' gradient: tiles overlap by two pixels.
 *
 * @param from [position][channels + 1][8 tiles]
 * @param maps the group's first row in channel 0 of [channels][side][side], border included
 */
export function addInputGradient(from: usize, channels: usize, columns: usize, maps: usize): void {
  const row = (columns * 2 + 2) * V, plane = row * (columns * 2 + 2), P = position(channels);
  for (let c: usize = 0; c < channels; c++) {
    for (let t: usize = 0; t < 8; t++) {
      const to = maps + c * plane + (t / columns) * 2 * row + (t % columns) * 2 * V;
      let q = from + c * TILES + t * V;
      const a0 = v128.load(q), a1 = v128.load(q + P), a2 = v128.load(q + 2 * P), a3 = v128.load(q + 3 * P);
      q += 4 * P;
      const b0 = v128.load(q), b1 = v128.load(q + P), b2 = v128.load(q + 2 * P), b3 = v128.load(q + 3 * P);
      q += 4 * P;
      const c0 = v128.load(q), c1 = v128.load(q + P), c2 = v128.load(q + 2 * P), c3 = v128.load(q + 3 * P);
      q += 4 * P;
      const d0 = v128.load(q), d1 = v128.load(q + P), d2 = v128.load(q + 2 * P), d3 = v128.load(q + 3 * P);
      addInputRow(a0, a1, a2, a3, to);
      addInputRow(fromB(b0, c0, d0), fromB(b1, c1, d1), fromB(b2, c2, d2), fromB(b3, c3, d3), to + row);
      addInputRow(fromC(a0, b0, c0), fromC(a1, b1, c1), fromC(a2, b2, c2), fromC(a3, b3, c3), to + 2 * row);
      addInputRow(d0, d1, d2, d3, to + 3 * row);
    }
  }
}

/** The second row of B: b − c − d. */
// @inline
function fromB(b: v128, c: v128, d: v128): v128 {
  return sub(sub(b, c), d);
}

/** The third row of B: b + c − a. */
// @inline
function fromC(a: v128, b: v128, c: v128): v128 {
  return sub(add(b, c), a);
}

// @inline
function addInputRow(a: v128, b: v128, c: v128, d: v128, to: usize): void {
  v128.store(to, add(v128.load(to), a));
  v128.store(to, add(v128.load(to, 16), fromB(b, c, d)), 16);
  v128.store(to, add(v128.load(to, 32), fromC(a, b, c)), 32);
  v128.store(to, add(v128.load(to, 48), d), 48);
}
