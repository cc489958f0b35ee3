/** From a figure's description to a picture. The drawing libraries are loaded on the first call, and only then. */
import type { TopLevelSpec } from "vega-lite";
import { THEME } from "./theme.ts";

/** Draws a Vega-Lite description, in the look of `theme.ts`, as an SVG document. */
export async function toSvg(spec: TopLevelSpec): Promise<string> {
  const [vega, vegaLite] = await Promise.all([import("vega"), import("vega-lite")]);
  const view = new vega.View(vega.parse(vegaLite.compile(spec, { config: THEME }).spec), { renderer: "none" });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

/** Settings of {@linkcode toPng}. */
export interface PngOptions {
  /** Pixels per unit of the SVG; 2 suits dense screens and print. */
  readonly scale?: number;
}

/** Rasterises an SVG document to the bytes of a PNG, with fonts of its own so that every machine draws the same. */
export async function toPng(svg: string, { scale = 2 }: PngOptions = {}): Promise<Uint8Array> {
  const { Resvg, fonts } = await (rasteriser ??= loadRasteriser());
  // Of Vega's two spellings of "keep pixels sharp", only the first is known to the rasteriser, and the second hides it.
  const document = new Resvg(svg.replaceAll("image-rendering: pixelated;", ""), {
    fitTo: { mode: "zoom", value: scale },
    font: { fontBuffers: fonts, defaultFontFamily: "Inter" },
  });
  const image = document.render();
  try {
    return image.asPng();
  } finally {
    image.free();
    document.free();
  }
}

let rasteriser: ReturnType<typeof loadRasteriser> | undefined;

/** Bytes come in as modules, so drawing needs no permission to read files. */
async function loadRasteriser() {
  const [{ initWasm, Resvg }, wasm, regular, semiBold] = await Promise.all([
    import("@resvg/resvg-wasm"),
    import("@resvg/resvg-wasm/index_bg.wasm", { with: { type: "bytes" } }),
    import("@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf", { with: { type: "bytes" } }),
    import("@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf", { with: { type: "bytes" } }),
  ]);
  await initWasm(wasm.default);
  return { Resvg, fonts: [regular.default, semiBold.default] };
}
