/**
 * Everything the page is made of, embedded. The browser loads the modules of this library as they are, but for their
 * types, by the same relative paths: what reads the digits there is the code that is tested here.
 */
import { stripTypeScriptTypes } from "node:module";
import tfjs from "@tensorflow/tfjs/dist/tf.fesm.min.js" with { type: "bytes" };
import webgpu from "@tensorflow/tfjs-backend-webgpu/dist/tf-backend-webgpu.fesm.min.js" with { type: "bytes" };
import errors from "../errors.ts" with { type: "text" };
import printable from "../printable.ts" with { type: "text" };
import safetensors from "../formats/safetensors.ts" with { type: "text" };
import shape from "../formats/shape.ts" with { type: "text" };
import forward from "../network/tfjs/forward.ts" with { type: "text" };
import model from "../model.ts" with { type: "text" };
import random from "../random.ts" with { type: "text" };
import numbers from "../metrics/numbers.ts" with { type: "text" };
import numerals from "../numerals.ts" with { type: "text" };
import weights from "../network/weights.ts" with { type: "text" };
import record from "../training/record.ts" with { type: "text" };
import classifier from "./page/classifier.ts" with { type: "text" };
import icon from "./page/icon.svg" with { type: "text" };
import html from "./page/index.html" with { type: "text" };
import lossChart from "./page/loss_chart.ts" with { type: "text" };
import main from "./page/main.ts" with { type: "text" };
import pad from "./page/pad.ts" with { type: "text" };
import preprocess from "./page/preprocess.ts" with { type: "text" };
import style from "./page/style.css" with { type: "text" };
import training from "./page/training.ts" with { type: "text" };
import views from "./page/views.ts" with { type: "text" };

/** One file of the page. */
export interface Asset {
  /** Media type. */
  readonly type: string;
  /** What is sent. */
  readonly body: string | Uint8Array<ArrayBuffer>;
}

const JAVASCRIPT = "text/javascript; charset=utf-8";

/** Modules by the paths that their imports of each other lead to. */
const MODULES = {
  "/errors.ts": errors,
  "/printable.ts": printable,
  "/formats/safetensors.ts": safetensors,
  "/formats/shape.ts": shape,
  "/network/tfjs/forward.ts": forward,
  "/metrics/numbers.ts": numbers,
  "/model.ts": model,
  "/random.ts": random,
  "/numerals.ts": numerals,
  "/network/weights.ts": weights,
  "/training/record.ts": record,
  "/serve/page/classifier.ts": classifier,
  "/serve/page/loss_chart.ts": lossChart,
  "/serve/page/main.ts": main,
  "/serve/page/pad.ts": pad,
  "/serve/page/preprocess.ts": preprocess,
  "/serve/page/training.ts": training,
  "/serve/page/views.ts": views,
};

/** The map that tells a browser where the packages are; it is the one script within the page. */
export const IMPORT_MAP: string = /<script type="importmap">(.*?)<\/script>/s.exec(html)?.[1] ?? "";

/** The files by the paths of their addresses. */
export const ASSETS: ReadonlyMap<string, Asset> = new Map<string, Asset>([
  ["/", { type: "text/html; charset=utf-8", body: html }],
  ["/style.css", { type: "text/css; charset=utf-8", body: style }],
  ["/icon.svg", { type: "image/svg+xml", body: icon }],
  ["/tfjs.js", { type: JAVASCRIPT, body: tfjs }],
  ["/tfjs-backend-webgpu.js", { type: JAVASCRIPT, body: webgpu }],
  ...Object.entries(MODULES).map(([path, source]) =>
    [path, { type: JAVASCRIPT, body: stripTypeScriptTypes(source) }] as const
  ),
]);
