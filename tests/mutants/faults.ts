/** Faults that a careless hand could make, each with the test that is there to catch it. */

/** One fault. */
export interface Fault {
  /** What is wrong then, for a person. */
  readonly name: string;
  /** The file that has it, from the checkout on. */
  readonly file: string;
  /** The right text, which is in the file exactly once. */
  readonly find: string;
  /** The wrong text. */
  readonly replace: string;
  /** The file of tests that must fail. */
  readonly tests: string;
  /** A part of the names of those tests. */
  readonly named: string;
}

type Change = readonly [name: string, find: string, replace: string, named: string];

/** Faults of one file that tests of one file are to catch. */
function faultsIn(file: string, tests: string, changes: readonly Change[]): Fault[] {
  return changes.map(([name, find, replace, named]) => ({ name, file, find, replace, tests, named }));
}

/** All faults, from the bottom of the house up. */
export const FAULTS: readonly Fault[] = [
  ...faultsIn("lib/random.ts", "tests/unit/random_test.ts", [
    ["pcg3d has another constant", "x, 1664525) + 1013904223", "x, 1664525) + 1013904225", "published function"],
    ["a stream forgets its index", "(purpose << 28 | index)", "(purpose << 28)", "seeds, purposes and indices"],
    ["normal numbers are too narrow", "Math.sqrt(-2 *", "Math.sqrt(-1.9 *", "normal numbers"],
    [
      "a permutation never moves its last element",
      "let i = length - 1; i > 0",
      "let i = length - 2; i > 0",
      "every place",
    ],
    ["a permutation is not uniform", "this.below(i + 1)", "this.below(length)", "orders of four"],
  ]),
  ...faultsIn("lib/metrics/latents.ts", "tests/unit/latents_test.ts", [
    [
      "random parts are not random",
      "random.permutation(count)",
      "Uint32Array.from({ length: count }, (_, i) => i)",
      "sorted by digit",
    ],
    ["random parts lose a row", "edge(part + 1))", "edge(part + 1) - 1)", "every row once"],
  ]),
  ...faultsIn("lib/metrics/moments.ts", "tests/unit/latents_test.ts", [
    ["the covariance is divided by the count", "/ (this.#count - 1);", "/ this.#count;", "any chunking"],
    ["merging forgets the means' difference", "this.#count * other.#count / count)", "0)", "merging is adding"],
  ]),
  ...faultsIn("lib/fid.ts", "tests/unit/fid_test.ts", [
    ["the Fréchet distance forgets a factor", "2 * nuclearNorm", "nuclearNorm", "closed form"],
    ["the interval is too narrow", "1.96 * standardDeviation", "1.2 * standardDeviation", "95 %"],
    [
      "the interval draws by a seed of its own",
      "new Random(seed, STREAM.bootstrap, DRAW.interval)",
      "new Random(0, STREAM.bootstrap, DRAW.interval)",
      "the seed decides",
    ],
    [
      "FID∞ draws by a seed of its own",
      "new Random(seed, STREAM.bootstrap, DRAW.infinity)",
      "new Random(0, STREAM.bootstrap, DRAW.infinity)",
      "another seed, another value",
    ],
    [
      "FID∞ is the distance of whole sets",
      "return meanY - slope * meanX",
      "return meanY + 0 * slope * meanX",
      "the bias away",
    ],
  ]),
  ...faultsIn("lib/metrics/kid.ts", "tests/unit/metrics_test.ts", [
    ["KID draws by a seed of its own", "new Random(seed,", "new Random(0,", "another seed, another value"],
    [
      "KID takes subsets in the order of the files",
      "random.permutation(set.count)",
      "Uint32Array.from({ length: set.count }, (_, i) => i)",
      "sorted by kind",
    ],
    ["KID's standard error forgets the subsets", "/ Math.sqrt(distances.length)", "", "within the standard error"],
  ]),
  ...faultsIn("lib/metrics/neighbours.ts", "tests/cpu/neighbours_test.ts", [
    [
      "the compared images are drawn by a seed of their own",
      "const random = new Random(seed,",
      "const random = new Random(0,",
      "of more than 10,000",
    ],
    [
      "the first images are compared, not drawn ones",
      "random.permutation(count)",
      "Uint32Array.from({ length: count }, (_, i) => i)",
      "of more than 10,000",
    ],
  ]),
  ...faultsIn("lib/metrics/neighbours.ts", "tests/unit/neighbours_test.ts", [
    ["precision takes a neighbour too many", "MANIFOLD_NEIGHBOURS = 3", "MANIFOLD_NEIGHBOURS = 4", "by definition"],
  ]),
  ...faultsIn("lib/metrics/sliced_wasserstein.ts", "tests/unit/metrics_test.ts", [
    ["directions are drawn by a seed of their own", "new Random(seed,", "new Random(0,", "the same directions"],
    ["directions are no unit vectors", "value / length", "value", "a shift by v"],
  ]),
  ...faultsIn("lib/metrics/normality.ts", "tests/unit/metrics_test.ts", [
    ["the kurtosis is not that of the excess", "moment(2) ** 2 - 3", "moment(2) ** 2", "SciPy"],
  ]),
  ...faultsIn("lib/metrics/classifier_score.ts", "tests/unit/metrics_test.ts", [
    [
      "the classifier score forgets the marginal",
      "negativeEntropy / count - sumOfLogs(marginal)",
      "negativeEntropy / count",
      "10 for all digits alike",
    ],
  ]),
  ...faultsIn("lib/metrics/roots.ts", "tests/unit/fid_test.ts", [
    [
      "a singular covariance keeps what is rounding",
      "tolerance ?? size * Number.EPSILON",
      "-1",
      "singular covariances",
    ],
    ["singular values are added with their signs", "sum + Math.abs(value)", "sum + value", "closed form"],
  ]),
  ...faultsIn("lib/metrics/axes.ts", "tests/unit/latents_test.ts", [
    ["axes are not perpendicular", "1 / (norm * (norm + Math.abs(corner)))", "0.9 / norm ** 2", "perpendicular"],
  ]),
  ...faultsIn("lib/metrics/fast/layout.ts", "tests/cpu/arithmetic_test.ts", [
    ["the sieve has no slack for rounding", "(width + 32) * 2 ** -22", "0", "2 threads give"],
  ]),
  ...faultsIn("lib/scoring/metrics.ts", "tests/cpu/score_metrics_test.ts", [
    [
      "the score's interval ignores the seed",
      "drawResamples(a, b, { seed })",
      "drawResamples(a, b, { seed: 0 })",
      "its own metric gives",
    ],
    [
      "the score's KID ignores the seed",
      "arithmetic.kernelDistance(real, fake, { seed, subsets })",
      "arithmetic.kernelDistance(real, fake, { seed: 0, subsets })",
      "its own metric gives",
    ],
    [
      "the score's FID∞ ignores the seed",
      "drawPieces(a, b, { seed })",
      "drawPieces(a, b, { seed: 0 })",
      "its own metric gives",
    ],
  ]),
  ...faultsIn("lib/idx.ts", "tests/unit/idx_test.ts", [
    ["IDX is read little-endian", "i + elementSize).reverse()", "i + elementSize)", "the bytes are as the format says"],
    ["IDX lets bytes trail", "bytes.length > end", "bytes.length > end + 4", "trailing bytes"],
  ]),
  ...faultsIn("lib/formats/npy.ts", "tests/unit/formats_npy_test.ts", [
    [
      "NPY refuses a vector in Fortran order",
      "fortranOrder: fortranOrder && shape.length > 1",
      "fortranOrder",
      "no difference to a vector",
    ],
  ]),
  ...faultsIn("lib/formats/safetensors.ts", "tests/unit/formats_safetensors_test.ts", [
    ["safetensors lets tensors overlap", "if (begin !== covered)", "if (begin > covered)", "overlap"],
    ["safetensors reads BF16 as halves", "bits << 16", "bits << 15", "floats of any width"],
  ]),
  ...faultsIn("lib/formats/luma.ts", "tests/unit/formats_png_test.ts", [
    [
      "PNG's green and blue are swapped",
      "0.587 * green + 0.114 * blue",
      "0.114 * green + 0.587 * blue",
      "luma by Rec. 601",
    ],
  ]),
  ...faultsIn("lib/data/range_inference.ts", "tests/unit/image_source_test.ts", [
    [
      "floats from 0 to 1 are taken for bytes",
      `if (high <= 1.5) return "unit"`,
      `if (high <= 1.5) return "byte"`,
      "the range of an array",
    ],
  ]),
  ...faultsIn("lib/data/range_inference.ts", "tests/unit/range_forms_test.ts", [
    [
      "a set's own mean and deviation pass for MNIST's",
      "if (isStandard(spread, spreadSlack)) {",
      "if (isStandard(spread, -1)) {",
      "by a generator's own mean and deviation",
    ],
    [
      "even steps are not enough to know black and white",
      "if (isPlain && isExact([lowest, highest], survey, kind))",
      "if (!isPlain && isExact([lowest, highest], survey, kind))",
      "by its own mean and deviation: the same bytes",
    ],
  ]),
  ...faultsIn("lib/data/contrast.ts", "tests/unit/range_forms_test.ts", [
    ["one image again and again is stretched", " && first < last;", ";", "one image again and again"],
    ["a gamma of bytes passes", ">= UNEVEN", ">= 256", "bytes, a gamma"],
  ]),
  ...faultsIn("lib/data/named_arrays.ts", "tests/unit/array_forms_test.ts", [
    [
      "of several arrays the first is taken",
      "if (likely.length === 1) return likely[0];",
      "if (likely.length > 0) return likely[0];",
      "names its arrays",
    ],
  ]),
  ...faultsIn("lib/data/picture_files.ts", "tests/unit/pictures_test.ts", [
    ["folders of an archive are taken for one", "if (folders.size > 1)", "if (folders.size > 99)", "several folders"],
  ]),
  ...faultsIn("lib/scoring/turned.ts", "tests/cpu/set_warnings_test.ts", [
    ["only the first images are turned", "Math.floor(i * count / kept)", "i", "sorted by class"],
    [
      "what is advised is of the swapped images",
      "const advice = transpose ?",
      "const advice = !transpose ?",
      "leave it out",
    ],
  ]),
  ...faultsIn("lib/data/singles.ts", "tests/unit/range_forms_test.ts", [
    ["inverted images among others pass", "if (isSome(light))", "if (false)", "a tenth inverted"],
    ["overflown bytes pass", "holes > 0.05 * images &&", "false &&", "times 256"],
  ]),
  ...faultsIn("lib/data/mnist.ts", "tests/unit/dataset_test.ts", [
    ["a label of 10 passes", "label >= CLASSES", "label > CLASSES", "data sets: a label"],
  ]),
  ...faultsIn("lib/data/prepare.ts", "tests/unit/dataset_test.ts", [
    ["transposing shifts the rows", "(column - row) * (side - 1)", "(column - row) * side", "transposing"],
  ]),
  ...faultsIn("lib/data/corruption.ts", "tests/unit/corruption_test.ts", [
    [
      "noise has another deviation",
      "255 * deviation * random.normal()",
      "200 * deviation * random.normal()",
      "noise has the deviation",
    ],
  ]),
  ...faultsIn("cli/flags.ts", "tests/unit/cli_flags_test.ts", [
    ["a number above the largest is taken", "Number(text) <= max", "Number(text) <= 2 * max", "4294967296"],
    [
      "a switch takes a word",
      "many.length === 0 && words.length > 0",
      "many.length === 0 && words.length > 1",
      "is refused",
    ],
  ]),
  ...faultsIn("bench/tables.ts", "tests/unit/bench_test.ts", [
    ["the bench prints no times", "epoch_seconds.toFixed(2)", `""`, "print every time"],
    ["the bench prints another's memory", "peak_memory_bytes / 1e6", "images / 1e6", "print every time"],
  ]),
  ...faultsIn("bench/webgpu.ts", "tests/unit/bench_test.ts", [
    [
      "the bench measures nothing without an adapter",
      "return { ...NOTHING, webgpu_left_out: gpu.message };",
      "throw gpu;",
      "no WebGPU adapter",
    ],
    [
      "a fault of the GPU's code is no adapter",
      "error instanceof DigitFidError) return error;",
      "error) return error as DigitFidError;",
      "no WebGPU adapter",
    ],
  ]),
  ...faultsIn("README.md", "tests/unit/package_test.ts", [
    ["a link of README leads nowhere", "(docs/reliability.md)", "(docs/reliable.md)", "every link"],
  ]),
  ...faultsIn("lib/model.ts", "tests/gpu/trainer_test.ts", [
    ["dropout drops three of ten", "DROPOUT = 0.5", "DROPOUT = 0.3", "webgpu: training drops half"],
  ]),
  ...faultsIn("lib/train.ts", "tests/cpu/trainer_test.ts", [
    ["every epoch has the same order", "STREAM.shuffle, epoch)", "STREAM.shuffle, 1)", "an order of its own"],
    [
      "the short last batch is dropped",
      "Math.ceil(images.count / batchSize)",
      "Math.floor(images.count / batchSize)",
      "an order of its own",
    ],
    [
      "an interrupted epoch forgets its loss",
      "trainer.startEpoch(order, start.lossSum)",
      "trainer.startEpoch(order)",
      "cpu: an interrupted run",
    ],
  ]),
  ...faultsIn("lib/network/cpu/steps.ts", "tests/cpu/trainer_test.ts", [
    ["the CPU does not scale what dropout leaves", "1 / (1 - DROPOUT)]", "1]", "cpu: training drops half"],
    ["the CPU drops less", "Math.floor(DROPOUT * 2 ** 32)", "Math.floor(0.3 * 2 ** 32)", "cpu: training drops half"],
  ]),
  ...faultsIn("lib/network/cpu/trainer.ts", "tests/cpu/trainer_test.ts", [
    ["a CPU trainer frees nothing", "blocks.forEach((block) => block.free())", "void blocks", "no memory behind"],
  ]),
  ...faultsIn("lib/network/cpu/network.ts", "tests/cpu/trainer_test.ts", [
    [
      "a CPU network frees nothing",
      "of [parameters, filters, scratch])",
      "of [] as (typeof scratch)[])",
      "no memory behind",
    ],
  ]),
  ...faultsIn("lib/network/cpu/images.ts", "tests/cpu/trainer_test.ts", [
    [
      "images of the CPU kernels are not freed",
      "blocks.forEach((block) => block.free())",
      "void blocks",
      "no memory behind",
    ],
  ]),
  ...faultsIn("lib/network/adam.ts", "tests/gpu/trainer_test.ts", [
    ["Adam's ε is 1e-6", "epsilon: 1e-8", "epsilon: 1e-6", "webgpu linear: Adam"],
    ["Adam forgets its second correction", "Math.sqrt(1 - ADAM.beta2 ** step)", "1", "webgpu linear: Adam"],
  ]),
  ...faultsIn("lib/wasm/assembly/adam.ts", "tests/unit/network_test.ts", [
    ["the CPU kernels' Adam has another decay", "f32x4.splat(0.999)", "f32x4.splat(0.99)", "the constants of all"],
  ]),
  ...faultsIn("lib/network/webgpu/kernels/adam.wgsl", "tests/gpu/trainer_test.ts", [
    [
      "ε is added before the correction",
      "(sqrt(v) / batch.secondCorrection + epsilon)",
      "((sqrt(v) + epsilon) / batch.secondCorrection)",
      "webgpu linear: Adam",
    ],
  ]),
  ...faultsIn("lib/model.ts", "tests/unit/network_test.ts", [
    [
      "the latent is fed by what the ReLU left",
      `"latent_maps", "conv3"`,
      `"latent_maps", "pool3"`,
      "every layer is fed",
    ],
  ]),
  ...faultsIn("lib/network/webgpu/kernels/convolution.ts", "tests/gpu/plain_kernels_test.ts", [
    ["two pixels of a tile change places", "8u, 4u, c${k}_2", "4u, 8u, c${k}_2", "same forward"],
  ]),
  ...faultsIn("lib/network/webgpu/kernels/input_gradient.ts", "tests/gpu/plain_kernels_test.ts", [
    ["the way back turns the filter round", "(2 + (p >> 1) - y) * 4", "((p >> 1) + y) * 4", "same input gradient"],
  ]),
  ...faultsIn("lib/network/webgpu/kernels/filter_gradient.ts", "tests/gpu/plain_kernels_test.ts", [
    ["biases have no gradient", "b${k} += ${d};", "", "same filter gradient"],
  ]),
  ...faultsIn("lib/network/webgpu/kernel.ts", "tests/unit/network_test.ts", [
    ["the last workgroup is left out", "Math.ceil(invocations(count)", "Math.floor(invocations(count)", "left over"],
  ]),
  ...faultsIn("lib/network/webgpu/batch.ts", "tests/gpu/kernels_test.ts", [
    [
      "a batch's numbers lie in another order",
      "of LAYOUT.entries()",
      "of LAYOUT.toReversed().entries()",
      "numbers of a",
    ],
  ]),
  ...faultsIn("lib/network/webgpu/kernels/flatten.wgsl", "tests/gpu/kernels_test.ts", [
    ["the GPU draws by another constant", "1013904223u", "1013904225u", "drop the same units"],
  ]),
  ...faultsIn("lib/network/webgpu/kernels/loss.wgsl", "tests/gpu/kernels_test.ts", [
    ["the loss's gradient forgets the batch size", "/ f32(batch.count)", "", "linear: "],
  ]),
  ...faultsIn("lib/formats/sealed.ts", "tests/unit/run_folder_test.ts", [
    [
      "a flipped bit is trained on",
      "if (seal !== sealOf(tensors, metadata))",
      "if (seal === undefined)",
      "a bit is flipped",
    ],
  ]),
  ...faultsIn("lib/training/run_files.ts", "tests/unit/run_folder_test.ts", [
    ["a renamed checkpoint is the newest", "=== stepNamed(name))", "<= stepNamed(name))", "was renamed"],
  ]),
  ...faultsIn("lib/training/run_folder.ts", "tests/unit/run_folder_test.ts", [
    [
      "only the first file of a save is held against the lock",
      "#write: WriteOptions = { check: () => this.#lock.check() };",
      "#write: WriteOptions = {};",
      "between two files",
    ],
    [
      "the step to resume from waits for the results",
      "this.#step = state.step;\n    this.#checkpoints = [name",
      "this.#checkpoints = [name",
      "the step to resume from",
    ],
    [
      "a run writes over another's checkpoints",
      "if (others.length > 0) {",
      "if (others.length > 9) {",
      "another run's",
    ],
    [
      "a killed replacing cannot go on",
      "#checkpointsOf(this.found.replaces)",
      "#checkpointsOf()",
      "replacing that was killed",
    ],
  ]),
  ...faultsIn("lib/scoring/statistics.ts", "tests/cpu/score_test.ts", [
    ["statistics are opened twice", "readAll(bytes) :", "readAll(await openBytes(path)) :", "opened once"],
  ]),
  ...faultsIn("cli/results.ts", "tests/unit/results_test.ts", [
    ["a file that another process writes is removed", "<= LEFT_OVER)", "<= -1)", "what is young"],
  ]),
  ...faultsIn("lib/formats/folders.ts", "tests/unit/results_test.ts", [
    [
      "an older folder is lost with what was left",
      'if (parts.includes("old")',
      'if (parts.includes("none")',
      "comes back",
    ],
    ["somebody's folder of such a name goes", ".every(isOurs)) return;", ".every(isOurs)) break;", "comes back"],
  ]),
  ...faultsIn("lib/formats/lock.ts", "tests/unit/run_folder_test.ts", [
    [
      "a run writes to the folder in its own's place",
      "if (this.#isInPlace()) return;",
      "return;",
      "takes the run's place",
    ],
    [
      "a run frees another's lock",
      "if (this.#isInPlace()) {\n        Deno",
      "if (this.#path) {\n        Deno",
      "its lock stays",
    ],
    ["a lock is written through a link", "if (isSymlink)", "if (isSymlink && !path)", "a lock that is a link"],
  ]),
  ...faultsIn("lib/data/images.ts", "tests/unit/images_test.ts", [
    [
      "labels may be missing",
      "|| labels.length === count) return;",
      "|| labels.length <= count) return;",
      "labelled images",
    ],
  ]),
  ...faultsIn("lib/network/webgpu/memory.ts", "tests/gpu/trainer_test.ts", [
    ["buffers are not freed", "buffer.destroy()", "void buffer", "webgpu: networks, trainers and images"],
  ]),
  ...faultsIn("lib/network/webgpu/images.ts", "tests/gpu/trainer_test.ts", [
    ["images are not freed", "resident.dispose();", "", "webgpu: networks, trainers and images"],
  ]),
  ...faultsIn("digit-fid", "tests/cli/launcher_test.ts", [
    ["the launcher stays, as the command's parent", 'exec "$deno" run', '"$deno" run', "a killed command"],
    ["a second first start does not wait", "flock 9", ":", "two first starts"],
    ["a Deno that does not run is taken", '&& is_recent "$deno"; then', "; then", "damaged, cut short"],
    ["the network may be used", "run --cached-only", "run", "hands the task"],
    ["packages are called whole before they are", ': >"$DENO_DIR/$(packages_mark)"', ":", "installs packages once"],
  ]),
  ...faultsIn("lib/serve/http.ts", "tests/unit/http_test.ts", [
    ["connections have no limit", "open.size + 1 - limits.connections", "0", "the oldest are closed"],
    ["silence has no limit", "close(connection), 1000 * seconds", "{}, 1000 * seconds", "hung up on"],
    ["any host is a host", "!HOST.test(host) || ", "", "no request"],
  ]),
  ...faultsIn("lib/serve/server.ts", "tests/cli/serve_test.ts", [
    ["any name is answered to", "!isServed(hostname, host)", "!hostname", "by no foreign name"],
  ]),
  ...faultsIn("lib/serve/scores.ts", "tests/unit/serve_scores_test.ts", [
    ["half a line is read", 'text.slice(0, text.lastIndexOf("\\n") + 1)', "text", "half written"],
    ["the best sample is thinned out", "|| record === best ||", "||", "the best and the last"],
  ]),
  ...faultsIn("lib/serve/page/sorted.ts", "tests/unit/page_test.ts", [
    ["labels are taken for images", "if (await seemsLabels(bytes))", "if (false)", "known from images"],
    ["arrays are one set", "else sets.push([file])", "else pictures.push(file)", "a set each"],
  ]),
  ...faultsIn("main.ts", "tests/cli/serve_test.ts", [
    ["signals are let go of while a command ends", "\nDeno.exit(); //", "\n//", "from start to end"],
  ]),
  ...faultsIn("lib/serve/page_file.ts", "tests/cli/page_test.ts", [
    ["the page may ask any host", "isServed ? \"'self'\" : \"'none'\"", '"*"', "one file of less than 4 MB"],
  ]),
  ...faultsIn("lib/serve/page/host/zlib.ts", "tests/unit/page_test.ts", [
    ["gzip's checksum is not looked at", "!ends.some(", "ends.length === 0 && !ends.some(", "damage is noticed"],
    ["nothing limits what comes out", "length > maxOutputLength", "length < 0", "no further than a limit"],
  ]),
  ...faultsIn("lib/scoring/extremes.ts", "tests/unit/page_test.ts", [
    ["the farthest come first", "a.distance - b.distance ||", "b.distance - a.distance ||", "nearest of all"],
    ["a digit is beside a real one of another", "fake[pair.image] === real[pair.real]", "true", "of each digit"],
  ]),
  ...faultsIn("lib/report/score/verdict.ts", "tests/unit/verdict_test.ts", [
    [
      "the better of precision and recall comes first",
      "a.share - b.share",
      "b.share - a.share",
      "precision and recall",
    ],
    [
      "nothing is said first of faulty images",
      "if (fault === undefined)",
      "if (fault !== null)",
      "faulty are spoken of first",
    ],
    ["any warning is a fault", "warnings[warningCodes.indexOf(gravest)]", "warnings[0]", "faulty are spoken of first"],
  ]),
  ...faultsIn("bench/processes.ts", "tests/cli/permissions_test.ts", [
    ["Python loads what the user has", 'args: ["-I", "-c", "import torch"]', 'args: ["-c", "import torch"]', "Python"],
  ]),
  ...faultsIn("cli/confine.ts", "tests/cli/permissions_test.ts", [
    ["commands keep the files that they do not need", '["read", "write"] as const', "[] as const", "eval can read"],
  ]),
  ...faultsIn("lib/wasm/memory.ts", "tests/unit/threads_test.ts", [
    ["a block begins as what was there before", "block.view(Uint8Array, used).fill(0);", "", "the memory grows"],
    ["gaps are not joined", "before.bytes += gap.bytes;", "continue;", "the memory grows"],
  ]),
  ...faultsIn("lib/wasm/crew.ts", "tests/unit/threads_test.ts", [
    ["workers end though they are told to stay", "if (!stays) idle = ", "idle = ", "workers stay"],
  ]),
  ...faultsIn("lib/wasm/worker.ts", "tests/unit/threads_test.ts", [
    [
      "a phase begins before the one before is done",
      "waitFor(control, layout.finished, phase + 1);",
      "",
      "no phase begins",
    ],
    ["what a kernel throws is not told", "failure = String(error);", "", "a kernel that fails"],
  ]),
  ...faultsIn("lib/network/cpu/steps.ts", "tests/cpu/same_bits_test.ts", [
    ["dropout is the same in every step", "| (dropout?.step ?? 0)", "", "twenty steps"],
    ["the filters are those of the first step", "tasks: 10", "tasks: 1", "twenty steps"],
  ]),
  ...faultsIn("lib/network/cpu/trainer.ts", "tests/cpu/cpu_kernels_test.ts", [
    ["a resumed epoch forgets its loss", "this.#running.view(Float64Array)[0] = lossSum;", "", "goes on from a state"],
    ["a resumed run counts its steps from 0", "    this.#step = step;\n", "", "goes on from a state"],
  ]),
  ...faultsIn("lib/formats/kept_files.ts", "tests/unit/real_cache_test.ts", [
    ["the newest goes first", "b.used - a.used", "a.used - b.used", "so many bytes"],
    [
      "files of others go",
      "(await readdir(folder)).filter((name) => kept.test(name))",
      "await readdir(folder)",
      "so many bytes",
    ],
    [
      "a file that was read counts as not used",
      "await utimes(path, now, now)",
      "await Promise.resolve()",
      "so many bytes",
    ],
  ]),
  ...faultsIn("lib/scoring/real_cache.ts", "tests/unit/real_cache_test.ts", [
    ["the cache's key leaves out the network", "[identity.sha256, name,", "[name,", "its key changes"],
    [
      "the cache's key leaves out the kernels",
      'createHash("sha256").update(kernels)',
      'createHash("sha256")',
      "its key",
    ],
    [
      "the cache's key leaves out the space",
      "hash.update(embedding.encode())",
      "embedding.encode()",
      "its key changes",
    ],
    ["the cache's key leaves out what the code makes of images", "hash.update(data)", "data", "its key changes"],
    [
      "the cache's key leaves out the pixels",
      "hash.update(new Uint8Array(",
      "void (new Uint8Array(",
      "its key changes",
    ],
    ["the cache's key leaves out how images were read", "count, description])", "count])", "its key changes"],
    ["the cache takes a file of other images", "if (found !== key)", "if (found === undefined)", "hostile"],
    [
      "the cache takes a file of fewer images",
      "String(shape) !== `${count},${width}`",
      "shape === undefined",
      "hostile",
    ],
    [
      "what is kept loses the set's name",
      "    name,\n    warnings: JSON",
      "    warnings: JSON",
      "all that the network said",
    ],
    ["what cannot be kept is not said", "cache.onUnused?.(failures[0].message)", "failures.length = 0", "given once"],
  ]),
  ...faultsIn("lib/formats/sealed.ts", "tests/unit/real_cache_test.ts", [
    ["a seal is not looked at", "if (seal !== sealOf(tensors, metadata))", "if (seal === undefined)", "torn, hostile"],
  ]),
  ...faultsIn("cli/cache.ts", "tests/cli/scorer_test.ts", [
    ["a cache lies wherever the program was started", ".find(isAbsolute)", ".find(Boolean)", "used by the next"],
  ]),
  ...faultsIn("cli/cache.ts", "tests/cli/fid_cache_test.ts", [
    ["images drawn from a part are kept", " && numbers === undefined", "", "nothing is of a part's part"],
    ["all sets are kept", "SPLITS.has(name)", "name.length > 0", "nothing is of a part's part"],
    ["why nothing is kept is said of each set", "isSaid = true;", "", "said once"],
  ]),
  ...faultsIn("cli/scoring.ts", "tests/cli/fid_cache_test.ts", [
    ["a score keeps nothing", "kept && isSplit(source)", "!kept && kept", "the same is printed"],
    ["what every network makes is kept", "kept = embedding && cache", "kept = cache", "other networks"],
  ]),
  ...faultsIn("python/digit_fid.py", "tests/cli/python_test.ts", [
    ["Python takes the end of a scorer for an answer", 'if not line.endswith(b"\\n"):', "if False:", "update, compute"],
    ["Python forgets that its scorer is gone", "self._ended = reason", "self._ended = None", "update, compute"],
    ["a printed score has no words", 'self._shown.get("text/plain", repr(self))', "repr(self)", "README"],
  ]),
  ...faultsIn("lib/metrics/fast/kid.ts", "tests/cpu/arithmetic_test.ts", [
    [
      "the threads' KID takes its subsets once",
      "fake.take(ofFake.subarray(first",
      "fake.take(ofFake.subarray(0 * first",
      "larger than a sample",
    ],
    ["the threads' KID reads the real set's rows", "fake.take(ofFake", "fake.take(ofReal", "the same object"],
  ]),
  ...faultsIn("lib/metrics/fast/rows.ts", "tests/cpu/arithmetic_test.ts", [
    ["floats are read as doubles", "Number(data instanceof Float32Array)", "0", "2 threads give"],
  ]),
  ...faultsIn("lib/metrics/fast/nearest.ts", "tests/unit/neighbours_test.ts", [
    ["a row is its own nearest", "(i) => own[i])", "() => -1)", "threads give"],
  ]),
  ...faultsIn("lib/metrics/copies.ts", "tests/cpu/copies_test.ts", [
    ["ties count whole", "(below + upTo) / 2", "upTo", "mannwhitneyu"],
    ["what is as far counts as near", "value < distance", "value <= distance", "chance has its share"],
  ]),
  ...faultsIn("lib/scoring/comparison.ts", "tests/unit/comparison_test.ts", [
    ["Holm's correction runs the other way", "(probabilities.length - rank) *", "(rank + 1) *", "Holm's correction"],
    ["the interval of a difference is too narrow", "difference - 1.96 * error", "difference - error", "intervals"],
    [
      "each set is compared with resamples of its own",
      "new Random(seed, STREAM.bootstrap, DRAW.pairedReal)",
      "new Random(seed + index, STREAM.bootstrap, DRAW.pairedReal)",
      "the same resamples",
    ],
  ]),
  ...faultsIn("lib/scoring/score_log.ts", "tests/unit/score_log_test.ts", [
    ["a sample's first score counts", "new Map(records.map(", "new Map(records.toReversed().map(", "the last counts"],
    ["samples are ordered as text", "numeric: true", "numeric: false", "in which people count"],
    ["the best is the farthest", "distance(record) < distance(best)", "distance(record) > distance(best)", "the best"],
    ["quotes in a name end it", `field.replaceAll('"', '""')`, "field", "whatever the names"],
  ]),
  ...faultsIn("lib/scoring/asked.ts", "tests/cpu/scorer_test.ts", [
    [
      "the cross-entropy is taken for the accuracy",
      "accuracy: seen.accuracy",
      "accuracy: seen.loss",
      "asked for is held",
    ],
  ]),
  ...faultsIn("lib/scoring/comparison_words.ts", "tests/unit/comparison_test.ts", [
    ["doubtful pairs are left out", "!isReal || rank", "rank", "neighbours and pairs"],
  ]),
  ...faultsIn("lib/scoring/labels.ts", "tests/cpu/labels_test.ts", [
    ["a digit is scored by all images", "labels[i] === digit", "labels[i] >= 0 * digit", "swapped labels"],
  ]),
  ...faultsIn("lib/scoring/causes.ts", "tests/cpu/causes_test.ts", [
    ["the least cause stands first", "b.share - a.share", "a.share - b.share", "what is planted"],
  ]),
  ...faultsIn("lib/scoring/rows.ts", "tests/cpu/order_test.ts", [
    ["images lie as they came", "orderOf(keys, (a, b)", "orderOf(keys.map((_, i) => i), (a, b)", "same to the bit"],
    ["equal keys lie as they came", "|| compare(a, b));", ");", "equal images"],
  ]),
  ...faultsIn("lib/scoring/features.ts", "tests/cpu/order_test.ts", [
    [
      "labels stay where they were",
      "...(labels && { labels }),\n      ...(embedding",
      "...(labels && { labels: source.labels }),\n      ...(embedding",
      "same to the bit",
    ],
    [
      "the real images lie as they came",
      "const order = rows.order(),",
      'const order = rows.order(name === "real" ? Float64Array.from({ length: count }, (_, i) => i) : undefined),',
      "same to the bit",
    ],
  ]),
  ...faultsIn("lib/scoring/sample.ts", "tests/cpu/order_test.ts", [
    ["rows are taken for images", "order ? order[row] : row", "order ? row : row", "same to the bit"],
    [
      "pixels are read in the order of the file",
      "to = ascending[taken] * area",
      "to = taken * area",
      "same to the bit",
    ],
  ]),
  ...faultsIn("lib/data/pixel_hash.ts", "tests/unit/calibration_test.ts", [
    ["a set's hash is of its order", ".arrayBuffer()).sort()", ".arrayBuffer())", "of these very images"],
  ]),
  ...faultsIn("lib/data/subset.ts", "tests/unit/comparison_test.ts", [
    [
      "a part is drawn by places",
      "(key) => pcg3d(key / 2 ** 32, key, seed)[0]",
      "(_, i) => pcg3d(i, i, seed)[0]",
      "subset",
    ],
  ]),
  ...faultsIn("lib/scoring/added.ts", "tests/cpu/scorer_test.ts", [
    [
      "parts of another version are taken",
      "if (metadata.format !== FORMAT) {",
      "if (metadata.format === undefined) {",
      "a call that fails",
    ],
  ]),
  ...faultsIn("lib/scoring/extremes.ts", "tests/cli/score_report_test.ts", [
    [
      "the nearest digits are shown as the farthest",
      "rows.slice(-count).reverse()",
      "rows.slice(0, count)",
      "in a browser",
    ],
  ]),
  ...faultsIn("lib/data/sheet.ts", "tests/unit/pictures_test.ts", [
    ["enlarged cells are cut by the first gap that fits", "if (blocks > 1)", "if (blocks > 0)", "a sheet of enlarged"],
    ["cells of any side come first", "side % 28 === 0 || side % 32 === 0", "side > 0", "a sheet of enlarged"],
  ]),
  ...faultsIn("lib/data/labels.ts", "tests/unit/array_forms_test.ts", [
    ["one-hot labels are not seen", "labels.length === count * CLASSES", "labels.length === CLASSES", "labels: read"],
  ]),
  ...faultsIn("cli/samples.ts", "tests/unit/samples_test.ts", [
    ["what still grows is scored", "this.#before.get(name) === stamp", 'stamp !== ""', "samples: one is settled"],
    [
      "a folder is its own time",
      "return (await Promise.all(inner)).flat();",
      "return [{ path: `${name}.png`, state: `${mtime?.getTime()}`, changed: 0 }];",
      "samples: one is settled",
    ],
    [
      "folders are followed down for ever",
      "!isDirectory || depth === 0",
      "!isDirectory",
      "links that lead round",
    ],
    ["any folder is a sample", "|| IMAGES.test(path)", "|| true", "links that lead round"],
  ]),
  ...faultsIn("lib/scoring/score_log.ts", "tests/unit/score_log_test.ts", [
    [
      "a refused sample keeps its older score",
      "return latestOfEach(records).filter(({ refused }) => refused === undefined);",
      "return latestOfEach(records.filter(({ refused }) => refused === undefined));",
      "a refused sample",
    ],
    ["files of former versions are refused", "[COLUMNS, FORMER_COLUMNS].some", "[COLUMNS].some", "former versions"],
  ]),
  ...faultsIn("lib/option_names.ts", "tests/unit/option_names_test.ts", [
    [
      "options without a value are not looked at",
      "Object.keys(options).find(",
      "Object.keys(options).filter((name) => Object(options)[name] !== undefined).find(",
      "an unknown one",
    ],
  ]),
  ...faultsIn("tasks/watch.ts", "tests/cli/watch_test.ts", [
    [
      "what has a score is scored again",
      "last?.stamp !== stamp ||",
      "name !== stamp ||",
      "scored twice",
    ],
  ]),
  ...faultsIn("digit-fid", "tests/cli/launcher_test.ts", [
    ["a link to the launcher is not followed", 'readlink -f -- "', 'echo "', "through a symlink"],
    [
      "the user's folder for sockets is not used",
      "${XDG_RUNTIME_DIR:-$(runtime_dir)}",
      "$(runtime_dir)",
      "that is set",
    ],
  ]),
  ...faultsIn("lib/formats/stored_bytes.ts", "tests/unit/formats_files_test.ts", [
    ["a file rewritten in its place is the same", " && now.mtimeNs === then.mtimeNs", "", "a file that changes"],
    ["another file under the name is the same", " && now.ino === then.ino", "", "a file that changes"],
  ]),
  ...faultsIn("lib/formats/file_error.ts", "tests/unit/formats_files_test.ts", [
    ["an error by its number alone has no words", "each === number)", "each === -number)", "put into words"],
  ]),
  ...faultsIn("lib/formats/float16.ts", "tests/unit/formats_npy_test.ts", [
    ["floats of 16 bits are half as large", "exponent + 112", "exponent + 111", "16 bits"],
  ]),
  ...faultsIn("lib/metrics/numbers.ts", "tests/unit/metrics_test.ts", [
    ["the jackknife's error is too small", "(count - 1) / count * values", "1 / count * values", "jackknife"],
  ]),
  ...faultsIn("lib/scoring/causes.ts", "tests/cpu/causes_test.ts", [
    [
      "the mix's two shares are one",
      "${percent(expected[digit])} of real",
      "${percent(found[digit])} of real",
      "planted",
    ],
    [
      "what is left is said to have gone",
      "`${(distance - without).toFixed(1)} of",
      "`${without.toFixed(1)} of",
      "planted",
    ],
  ]),
  ...faultsIn("lib/scoring/words.ts", "tests/unit/calibration_test.ts", [
    [
      "what rounds to zero has a minus",
      'return value.toFixed(4).replace(/^-(?=0\\.0+$)/, "")',
      "return value.toFixed(4)",
      "no minus",
    ],
    ["a floor has a digit too many", "Math.min(4, 1 - Math.floor", "Math.min(4, 2 - Math.floor", "two digits"],
  ]),
  ...faultsIn("lib/scoring/labels.ts", "tests/cpu/labels_test.ts", [
    ["a digit of a few images is scored", "const LEAST = 20", "const LEAST = 2", "swapped labels"],
  ]),
  ...faultsIn("lib/scoring/comparison.ts", "tests/unit/comparison_test.ts", [
    ["all generated sets are resampled alike", "DRAW.pairedFakes + index", "DRAW.pairedFakes", "resamples of its own"],
  ]),
  ...faultsIn("lib/scoring/duplicates.ts", "tests/unit/each_image_test.ts", [
    ["near duplicates are sought among a few", "least: 1000", "least: 10", "near ones"],
    ["duplicates are drawn by a seed of their own", "DRAW.copies, { seed })", "DRAW.copies, { seed: 0 })", "near ones"],
  ]),
  ...faultsIn("lib/scoring/each_image.ts", "tests/unit/each_image_test.ts", [
    ["half-sure digits pass for sure", "const SURE = 0.9", "const SURE = 0.85", "an unsure one"],
  ]),
  ...faultsIn("lib/scoring/real_cache.ts", "tests/unit/real_cache_test.ts", [
    ["features of other kernels are kept", '|| loaded.network.kernels !== "cpu"', "", "bits are of one machine"],
  ]),
  ...faultsIn("lib/data/sheet.ts", "tests/unit/pictures_test.ts", [
    ["gaps may have any shade", "GAP_TOLERANCE = 0.04", "GAP_TOLERANCE = 0.6", "one shade"],
    ["empty cells are images", "while (count > 0 && isEmpty(count - 1)) count--;", "void isEmpty;", "by save_image"],
    [
      "an image a row is no sheet",
      "if (isSide(side) && height > 1) yield",
      "if (side < 0) yield",
      "each row of pixels",
    ],
  ]),
  ...faultsIn("lib/data/contrast.ts", "tests/unit/image_source_test.ts", [
    ["a background that is mostly grey passes", "if (black < 0.3)", "if (black < 0.03)", "a contrast far"],
  ]),
  ...faultsIn("lib/data/resize.ts", "tests/cpu/set_warnings_test.ts", [
    ["images are made smaller without antialiasing", "reach = Math.max(1, scale)", "reach = 1", "resizing"],
  ]),
  ...faultsIn("lib/data/named_arrays.ts", "tests/unit/array_forms_test.ts", [
    ["Keras's labels are not found", 'replace(/^x(?=$|_)/, "y")', 'replace(/^x$/, "y")', "as Keras names"],
  ]),
  ...faultsIn("lib/data/subset.ts", "tests/unit/comparison_test.ts", [
    ["drawn images keep the first labels", "(number) => labels[number])", "(_, i) => labels[i])", "subset"],
  ]),
  ...faultsIn("lib/data/overshoot.ts", "tests/unit/image_source_test.ts", [
    ["much beyond white is clipped unasked", "MOST_EXCESS = 0.01", "MOST_EXCESS = 0.1", "too many values fit"],
  ]),
  ...faultsIn("lib/data/picture_images.ts", "tests/unit/pictures_test.ts", [
    ["all pictures are of the first's class", ".fill(label)", ".fill(files[0].label)", "class folders"],
  ]),
  ...faultsIn("lib/formats/zip.ts", "tests/unit/array_forms_test.ts", [
    ["ZIP64's numbers change places", "large.shift() ?? value", "large.pop() ?? value", "64 bits"],
    [
      "ZIP's checksum is not looked at",
      "crc32(bytes) !== checksum",
      "crc32(bytes) < 0 * checksum",
      "held to its checksums",
    ],
  ]),
  ...faultsIn("lib/formats/png.ts", "tests/unit/formats_png_test.ts", [
    [
      "a palette's transparency is lost",
      "put(i, grey(r, g, b), alpha, 255);",
      "put(i, grey(r, g, b), 255, 255);",
      "palettes",
    ],
    ["bits are taken from the other end", "byte >> 8 - depth - (bit & 7)", "byte >> (bit & 7)", "grey of 1, 2, 4"],
  ]),
  ...faultsIn("lib/serve/frames.ts", "tests/unit/frames_test.ts", [
    ["a frame that is too large is not skipped", "await reader.skip(bytes);", "", "too large"],
  ]),
  ...faultsIn("lib/serve/scorer_protocol.ts", "tests/unit/frames_test.ts", [
    [
      "a loaded part is added to what there is",
      "await scorer[head.do](body);",
      "await scorer.merge(body);",
      "does what it says",
    ],
  ]),
  ...faultsIn("cli/samples.ts", "tests/unit/samples_test.ts", [
    ["a hidden file is a sample", 'if (name.startsWith(".")) continue;', "", "samples: one is settled"],
  ]),
  ...faultsIn("cli/remedy.ts", "tests/unit/errors_test.ts", [
    ["advice for one set is for both", "side && isSided(option)", "!side && isSided(option)", "a remedy becomes"],
  ]),
  ...faultsIn("cli/csv.ts", "tests/unit/each_image_test.ts", [
    ["quotes in a table are not doubled", `text.replaceAll('"', '""')`, "text", "stay one cell"],
  ]),
  ...faultsIn("python/digit_fid.py", "tests/cli/python_test.ts", [
    ["Python's seed is not passed on", '"seed": seed,', '"seed": 0,', "update, compute"],
    ["Python's invert does nothing", '"fake-invert": invert,', "", "update, compute"],
  ]),
  ...faultsIn("lib/training/run_folder.ts", "tests/unit/run_folder_test.ts", [
    ["one checkpoint is kept", "const KEPT = 2", "const KEPT = 1", "the last two"],
    ["damaged newer checkpoints are passed over in silence", "this.warnings.push(...damage);", "", "the last two"],
  ]),
  ...faultsIn("lib/training/divergence.ts", "tests/unit/train_options_test.ts", [
    [
      "a diverged step is sought from the epoch's start",
      "start.step % Math.ceil(order.length / batchSize)",
      "0",
      "divergence",
    ],
  ]),
  ...faultsIn("lib/report/score/bars.ts", "tests/unit/verdict_test.ts", [
    ["a cause's share is its own error", "percent(cause.shareError, 0)", "percent(cause.share, 0)", "share and error"],
    ["what does not count is marked", "causes.includes(cause) ?", "tried.includes(cause) ?", "share and error"],
  ]),
  ...faultsIn("lib/report/score/verdict.ts", "tests/unit/verdict_test.ts", [
    ["digits hardly made are not named", "count < HARDLY * fakeImages / 10", "count < 0 * HARDLY", "hardly made"],
    ["copies are said of a set that copies nothing", "if (!isCopying)", "if (isCopying)", "only where they show"],
  ]),
  ...faultsIn("cli/kinds.ts", "tests/unit/results_test.ts", [
    ["somebody else's page is replaced", 'includes("digit-fid report</title>")', 'includes("</title>")', "by force"],
    ["other tensors pass for weights", 'parametersOf("linear").every(', 'parametersOf("linear").some(', "by force"],
  ]),
];
