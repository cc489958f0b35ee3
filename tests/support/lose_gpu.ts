/** Run before the program: takes the GPU away once a training has saved its second epoch. */
const { requestDevice } = GPUAdapter.prototype;
GPUAdapter.prototype.requestDevice = async function (...args) {
  const device = await requestDevice.apply(this, args);
  const { rename } = Deno;
  let saved = 0;
  Deno.rename = async (from, to) => {
    await rename(from, to);
    if (`${to}`.includes("checkpoint-") && ++saved === 2) setTimeout(() => device.destroy());
  };
  return device;
};
