/** Generated digits that were added bit by bit: all that is known of them, to be scored, put together and kept in bytes. */
import { contrastWarnings, Tones } from "../data/contrast.ts";
import { DigitSizes } from "../data/digit_size.ts";
import { checkedChunks, type ImageSource } from "../data/sources.ts";
import type { Warning } from "../data/warnings.ts";
import { DigitFidError, FormatError } from "../errors.ts";
import { encodeSealed, parseSealed } from "../formats/sealed.ts";
import { floatTensor, type Tensor, toFloat32, toFloat64 } from "../formats/safetensors.ts";
import type { NetworkIdentity } from "../network/identity.ts";
import type { Network } from "../network/network.ts";
import type { Arithmetic } from "./arithmetic.ts";
import type { Embedding } from "./embedding.ts";
import { outputsOf, type ScoredSet } from "./features.ts";
import { Gathered, type GatherOptions } from "./gathered.ts";
import { eachColumn } from "./rows.ts";
import { turnedWarnings } from "./turned.ts";

/** What the images are called in messages. */
export const GENERATED = "generated images";
/** What the bytes say that they are. */
const FORMAT = "generated digits 2";

/** What computes. */
export interface Computer {
  /** The network. */
  readonly network: Network;
  /** The digit distance's space, where the network has one. */
  readonly embedding?: Embedding;
  /** Does the sums. */
  readonly arithmetic: Arithmetic;
}

/** Generated digits. */
export class Added {
  readonly #gathered: Gathered;
  readonly #tones = new Tones();
  readonly #sizes = new DigitSizes();
  readonly #warnings = new Map<Warning["code"], Warning>();
  readonly #descriptions = new Set<string>();

  /** None yet. */
  constructor(readonly options: GatherOptions, gathered: Gathered = new Gathered(options)) {
    this.#gathered = gathered;
  }

  /** How many there are. */
  get count(): number {
    return this.#gathered.count;
  }

  /** Whether all images are black, which says nothing of what white is. */
  get isBlack(): boolean {
    return this.#tones.quantile(1) === 0;
  }

  /**
   * Adds all images of a source. If it fails, some of them may have been added.
   *
   * @param labels the class of each, where it is known
   * @param looks whether to look at how the digits lie
   */
  async take(
    source: ImageSource,
    { network, embedding, arithmetic }: Computer,
    { labels = source.labels, looks }: { labels?: Uint8Array<ArrayBuffer>; looks: boolean },
  ): Promise<void> {
    let seen = 0;
    for await (const images of checkedChunks(source)) {
      this.#tones.add(images);
      this.#sizes.add({ ...images, side: images.size });
      const outputs = await outputsOf(network, images, source.name, seen, embedding);
      if (looks && seen === 0) this.#warn(await turnedWarnings(network, source.name, images, source.done));
      const classes = labels?.subarray(seen, seen + images.count);
      await this.#gathered.add({ ...outputs, ...(classes && { labels: classes }) }, arithmetic);
      seen += images.count;
    }
    this.#warn(source.warnings ?? []);
    const [, ...preparation] = source.description.replace(" (inferred)", "").split(", "); // no shape: that is the batch's
    if (preparation.length > 0) this.#descriptions.add(preparation.join(", "));
  }

  /**
   * Adds all that was added to another.
   *
   * @throws DigitFidError if that was done in another way
   */
  async merge(other: Added, arithmetic: Arithmetic): Promise<void> {
    await this.#gathered.merge(other.#gathered, arithmetic);
    this.#tones.merge(other.#tones.state);
    this.#sizes.merge(other.#sizes.state);
    this.#warn([...other.#warnings.values()]);
    for (const description of other.#descriptions) this.#descriptions.add(description);
  }

  /**
   * What there is to score.
   *
   * @throws DigitFidError if there are fewer than 2 images
   */
  async set({ embedding, arithmetic }: Pick<Computer, "embedding" | "arithmetic">): Promise<ScoredSet> {
    if (this.count < 2) {
      throw new DigitFidError(
        `${GENERATED}: ${this.count || "no"} image, which is too few to score: add 2 in all or more`,
      );
    }
    await this.#gathered.settle(arithmetic);
    const { latents, logits, defects, labels, unlabelled } = this.#gathered.kept();
    const whole = await this.#gathered.whole(arithmetic);
    const [description, ...others] = this.#descriptions;
    const contrast = contrastWarnings(GENERATED, this.#tones).filter(({ code }) => !this.#warnings.has(code));
    const own = [...this.#warnings.values()].filter(({ code }) => code !== "turned" || contrast.length === 0);
    return {
      features: { latents, logits },
      warnings: [
        ...own.sort((a, b) => a.code < b.code ? -1 : 1),
        ...contrast,
        ...this.#sizes.warnings(GENERATED),
        ...unlabelled === undefined ? [] : [unlabelledWarning(unlabelled, latents.count)],
      ],
      ...(description && others.length === 0 && { description }),
      ...(embedding && defects && { embedded: { embedding, outputs: { latents, logits, defects } } }),
      ...(labels && { labels }),
      ...(whole && { whole }),
    };
  }

  /** All of it, in bytes: the same images, the same bytes. */
  async encode({ name, sha256 }: NetworkIdentity, arithmetic: Arithmetic): Promise<Uint8Array<ArrayBuffer>> {
    await this.#gathered.settle(arithmetic);
    const { columns, moments = [], embedded = [] } = this.#gathered.state();
    const tensors = new Map<string, Tensor>([
      ...Object.entries(columns).map(([name, values]) => [name, floatTensor([values.length], values)] as const),
      ["tones", floatTensor([this.#tones.state.length], this.#tones.state)],
      ["sizes", floatTensor([this.#sizes.state.length], this.#sizes.state)],
    ]);
    for (const [name, parts] of [["moments", moments], ["embedded", embedded]] as const) {
      for (const [part, sums] of parts.entries()) tensors.set(`${name}.${part}`, floatTensor([sums.length], sums));
    }
    const { keep, unit } = this.options;
    const codes = [...this.#warnings.values()].sort((a, b) => a.code < b.code ? -1 : 1);
    return encodeSealed(tensors, {
      format: FORMAT,
      network: name,
      sha256,
      options: JSON.stringify({ keep, unit }),
      warnings: JSON.stringify(codes),
      descriptions: JSON.stringify([...this.#descriptions].sort()),
    });
  }

  /**
   * Reads what {@linkcode Added.encode} wrote.
   *
   * @param options those of the digits that they are to be added to
   * @param network that has to have seen them
   * @throws FormatError if it is something else, or damaged
   * @throws DigitFidError if another network saw the images
   */
  static decode(bytes: Uint8Array, file: string, options: GatherOptions, network: NetworkIdentity): Added {
    const { tensors, metadata } = parseSealed(bytes, file);
    if (metadata.format !== FORMAT) {
      throw new FormatError(
        metadata.format?.startsWith(FORMAT.slice(0, -1))
          ? `${file}: saved by another version of digit-fid: add these images again`
          : `${file}: expected generated digits, as a scorer saves them`,
      );
    }
    if (metadata.sha256 !== network.sha256) {
      throw new DigitFidError(
        `${file}: seen by ${metadata.network}, not by ${network.name}: use one network for all parts`,
        {
          remedy: { weights: "FILE" },
        },
      );
    }
    const sums = (name: string) => [...tensors].filter(([key]) => key.startsWith(`${name}.`)).length;
    const parts = (name: string) =>
      sums(name) > 0
        ? Array.from({ length: sums(name) }, (_, part) => toFloat64(tensors.get(`${name}.${part}`)!))
        : undefined;
    const saved = { ...options, ...JSON.parse(metadata.options) as Pick<GatherOptions, "keep" | "unit"> };
    const columns = eachColumn((name) => toFloat32(tensors.get(name)!));
    const gathered = Gathered.restore(saved, { columns, moments: parts("moments"), embedded: parts("embedded") });
    const added = new Added(saved, gathered);
    added.#tones.merge(toFloat64(tensors.get("tones")!));
    added.#sizes.merge(toFloat64(tensors.get("sizes")!));
    added.#warn(JSON.parse(metadata.warnings) as Warning[]);
    for (const description of JSON.parse(metadata.descriptions) as string[]) added.#descriptions.add(description);
    return added;
  }

  /** One warning of each kind is enough: the same one, whatever the order. */
  #warn(warnings: readonly Warning[]): void {
    for (const warning of warnings) {
      const known = this.#warnings.get(warning.code);
      if (known === undefined || warning.message < known.message) this.#warnings.set(warning.code, warning);
    }
  }
}

function unlabelledWarning(unlabelled: number, count: number): Warning {
  const message = `${GENERATED}: ${unlabelled} of ${count} came without labels, so what was asked for is not held ` +
    "against what is seen: give labels with all of them";
  return { code: "unlabelled", message };
}
