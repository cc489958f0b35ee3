/** Hands out stretches of one WebAssembly memory, which grows as it is asked to. */
import { DigitFidError } from "../errors.ts";

/** Bytes of a page of WebAssembly memory. */
const PAGE = 65536;
/** Blocks begin at multiples of a cache line, so that threads that write neighbouring blocks never share one. */
const ALIGNMENT = 64;

/** The constructors of the arrays that can look into the memory. */
type ViewConstructor<View> = {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, address: number, length: number): View;
};

/** A stretch of the memory, its owner's until it is freed. */
export class Block {
  #heap: Heap;

  /** @internal */
  constructor(
    heap: Heap,
    /** Where it begins, for a kernel's argument: a multiple of 64. */
    readonly address: number,
    /** How long it is; not less than was asked for. */
    readonly bytes: number,
  ) {
    this.#heap = heap;
  }

  /**
   * The block as an array. Make it where it is used and do not keep it: the memory may grow, and an old array be lost.
   *
   * @param type such as `Float32Array`
   * @param length elements, all that fit unless given
   * @param start element to begin with
   */
  view<View>(type: ViewConstructor<View>, length?: number, start = 0): View {
    const size = type.BYTES_PER_ELEMENT;
    const elements = length ?? Math.floor(this.bytes / size) - start;
    if ((start + elements) * size > this.bytes) throw new RangeError(`${elements} elements do not fit in the block`);
    return new type(this.#heap.memory.buffer, this.address + start * size, elements);
  }

  /** Gives the stretch back. */
  free(): void {
    this.#heap.free(this);
  }

  /** Gives the stretch back at the end of the scope (`using`). */
  [Symbol.dispose](): void {
    this.free();
  }
}

/** First fit among the gaps, which are kept in order of address. */
export class Heap {
  #gaps: { address: number; bytes: number }[];
  /** From here on nothing was handed out yet: the memory is zeros, as it came. */
  #fresh: number;

  /** @param from first address to hand out; what is below belongs to the threads */
  constructor(readonly memory: WebAssembly.Memory, from: number) {
    this.#gaps = [{ address: from, bytes: memory.buffer.byteLength - from }];
    this.#fresh = from;
  }

  /**
   * A block of zeros.
   *
   * @throws DigitFidError if there is no memory left: 4 GB is the most that WebAssembly can have
   */
  allocate(bytes: number): Block {
    const fresh = this.#fresh, block = this.reserve(bytes);
    const used = Math.max(0, Math.min(block.bytes, fresh - block.address));
    block.view(Uint8Array, used).fill(0);
    return block;
  }

  /**
   * A block of whatever was there before, for who writes all of it.
   *
   * @throws DigitFidError as {@linkcode allocate}
   */
  reserve(bytes: number): Block {
    const length = Math.max(1, Math.ceil(bytes / ALIGNMENT)) * ALIGNMENT;
    const gap = this.#gaps.find((gap) => gap.bytes >= length) ?? this.#grow(length);
    const block = new Block(this, gap.address, length);
    gap.address += length;
    gap.bytes -= length;
    if (gap.bytes === 0) this.#gaps.splice(this.#gaps.indexOf(gap), 1);
    this.#fresh = Math.max(this.#fresh, gap.address);
    return block;
  }

  /** Takes a block back and joins it to the gaps beside it. */
  free({ address, bytes }: Block): void {
    const at = this.#gaps.findIndex((gap) => gap.address > address);
    this.#gaps.splice(at < 0 ? this.#gaps.length : at, 0, { address, bytes });
    for (let i = this.#gaps.length - 1; i > 0; i--) {
      const [before, gap] = [this.#gaps[i - 1], this.#gaps[i]];
      if (before.address + before.bytes !== gap.address) continue;
      before.bytes += gap.bytes;
      this.#gaps.splice(i, 1);
    }
  }

  /** Room for `length` bytes at the end. */
  #grow(length: number): { address: number; bytes: number } {
    const end = this.memory.buffer.byteLength;
    const last = this.#gaps.at(-1);
    const open = last && last.address + last.bytes === end ? last : { address: end, bytes: 0 };
    const pages = Math.ceil((length - open.bytes) / PAGE);
    try {
      this.memory.grow(pages);
    } catch (cause) {
      throw new DigitFidError(
        `out of memory: ${Math.ceil(length / 2 ** 20)} MB more were asked for, beside the ${end >> 20} MB in use`,
        { cause },
      );
    }
    if (open !== last) this.#gaps.push(open);
    open.bytes += pages * PAGE;
    return open;
  }
}
