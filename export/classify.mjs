// Run the exported network in TensorFlow.js: `node classify.mjs MODEL_FOLDER DIGITS PROBABILITIES`, in the folder that
// holds node_modules. DIGITS holds (n, 28, 28) float32, PROBABILITIES will hold (n, 10) float32.
// The WebAssembly backend takes a millisecond a digit where plain JavaScript takes forty.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const SIZE = 28;
const BATCH = 500;
const [folder, digitsFile, probabilitiesFile] = process.argv.slice(2);

const require = createRequire(join(process.cwd(), "package.json"));
const tf = require("@tensorflow/tfjs");
const wasm = require("@tensorflow/tfjs-backend-wasm");
wasm.setWasmPaths(join(dirname(require.resolve("@tensorflow/tfjs-backend-wasm")), "/"));

function floats(file) {
  const bytes = readFileSync(file);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

function fromFolder() {
  const { weightsManifest, ...model } = JSON.parse(readFileSync(join(folder, "model.json"), "utf8"));
  const weightSpecs = weightsManifest.flatMap((group) => group.weights);
  const parts = weightsManifest.flatMap((group) => group.paths).map((path) => readFileSync(join(folder, path)));
  const all = Buffer.concat(parts);
  const weightData = all.buffer.slice(all.byteOffset, all.byteOffset + all.length);
  return tf.io.fromMemory({ ...model, weightSpecs, weightData });
}

await tf.setBackend("wasm");
const network = await tf.loadGraphModel(fromFolder());
const digits = floats(digitsFile);
const count = digits.length / SIZE ** 2;
const probabilities = new Float32Array(count * 10);
for (let start = 0; start < count; start += BATCH) {
  const end = Math.min(start + BATCH, count);
  const batch = tf.tensor(digits.subarray(start * SIZE ** 2, end * SIZE ** 2), [end - start, SIZE, SIZE, 1]);
  const output = network.predict(batch);
  probabilities.set(await output.data(), start * 10);
  tf.dispose([batch, output]);
}
writeFileSync(probabilitiesFile, probabilities);
