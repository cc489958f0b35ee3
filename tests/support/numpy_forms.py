"""Writes the same digits in every form that NumPy writes. Arguments: a .npy file of N x 28 x 28 bytes, a folder."""

import gzip
import json
import os
import pickle
import sys

import numpy as np

source, folder = sys.argv[1:]
x = np.load(source)
n = len(x)
os.chdir(folder)


def save(name, array):
    np.save(name + ".npy", array)


unit = x.astype("float32") / 255
labels = np.arange(n) % 10

# Numbers.
for dtype in "u1 u2 u4 u8 i2 i4 i8 >u2 >i2 >u4 >i4 >i8 f2 f4 f8 >f2 >f4 >f8".split():
    save("byte-" + dtype.replace(">", "be-"), x.astype(dtype))
save("word", x.astype("u2") * 257)
save("word-shifted", x.astype("u2") << 8)
save("int8-cast", x.astype("i1"))
save("int8-shifted", (x.astype("i2") - 128).astype("i1"))
save("int16-shifted", x.astype("i2") - 128)
save("fortran", np.asfortranarray(x))
save("fortran-f4", np.asfortranarray(unit))
save("fortran-be", np.asfortranarray(x.astype(">i4")))
save("sliced", np.repeat(x, 2, axis=0)[::2])
save("binary-bool", x > 127)
save("binary-u1", (x > 127).astype("u1"))
save("binary-i8", (x > 127).astype("i8"))
save("binary-signed", np.where(x > 127, 1, -1))

# Ranges.
save("unit-f4", unit)
save("unit-f8", x / 255)
save("unit-f2", unit.astype("f2"))
save("unit-by-max", x / x.max())
save("signed-f4", x.astype("f4") / np.float32(127.5) - 1)
save("signed-totensor", (unit - np.float32(0.5)) / np.float32(0.5))
save("signed-f2", (unit * 2 - 1).astype("f2"))
save("signed-be", (unit * 2 - 1).astype(">f4"))
save("centred-f4", unit - np.float32(0.5))
save("centred-f8", x / 255 - 0.5)
save("standardised-f4", (unit - np.float32(0.1307)) / np.float32(0.3081))
save("standardised-f8", (x / 255 - 0.1307) / 0.3081)
save("standardised-by-max", ((unit - 0.1307) / 0.3081) / ((unit - 0.1307) / 0.3081).max())
save("standardised-own-f4", (unit - unit.mean()) / unit.std())
save("standardised-own-f8", (x - x.mean()) / x.std())
save("standardised-own-f2", ((x - x.mean()) / x.std()).astype("f2"))
save("standardised-fashion", (unit - np.float32(0.286)) / np.float32(0.353))
save("less-mean", unit - unit.mean())
save("by-256", x / np.float32(256))
save("percent", unit * 100)
save("ten-bits", np.round(x / 255 * 1023).astype("u2"))
save("twelve-bits", x.astype("i4") * 16)
save("lifted", unit * np.float32(0.9) + np.float32(0.05))
imagenet = [np.array(three, "f4").reshape(3, 1, 1) for three in ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])]
save("imagenet-first", (np.repeat(unit[:, None], 3, axis=1) - imagenet[0]) / imagenet[1])
save("imagenet-last", ((np.repeat(unit[:, None], 3, axis=1) - imagenet[0]) / imagenet[1]).transpose(0, 2, 3, 1))
save("half", x // 2)
save("half-f4", unit / 2)
save("objects", np.array([image for image in x] + [None], dtype=object)[:-1])

# Shapes.
save("flat", x.reshape(n, 784))
save("flat-f4", unit.reshape(n, 784))
save("raveled", x.ravel())
save("channel-first", x[:, None])
save("channel-last", x[..., None])
save("rgb-first", np.repeat(x[:, None], 3, axis=1))
save("rgb-last", np.repeat(x[..., None], 3, axis=3))
save("rgb-last-f4", np.repeat(unit[..., None], 3, axis=3))
save("rgba-last", np.concatenate([np.repeat(x[..., None], 3, axis=3), np.full((n, 28, 28, 1), 255, "u1")], axis=3))
save("last", x.transpose(1, 2, 0))
save("columns", x.reshape(n, 784).T)
save("batches", x.reshape(10, n // 10, 28, 28))
save("batches-channel", x.reshape(10, n // 10, 1, 28, 28))
save("with-labels", np.concatenate([labels[:, None], x.reshape(n, 784)], axis=1))
save("rgb-flat", np.repeat(x[:, None], 3, axis=1).reshape(n, -1))
save("grey-and-opacity", np.stack([x, np.full_like(x, 255)], axis=1))
save("rows-of-one", x.reshape(n, 1, 784))
save("columns-of-one", unit.reshape(n, 784, 1, 1))
save("batches-flat", x.reshape(10, n // 10, 784))
save("wide", x.transpose(1, 0, 2).reshape(28, 28 * n))
save("tall", x.reshape(28 * n, 28))
save("planes-first", np.repeat(x[None], 3, axis=0))
save("dictionary", np.array({"images": x, "labels": labels}, dtype=object))
save("one", x[0])
save("one-of-one", x[:1])
padded = np.pad(x, ((0, 0), (2, 2), (2, 2)))
save("padded", padded)
save("padded-flat", padded.reshape(n, 1024))
sheet = x.reshape(n // 10, 10, 28, 28).swapaxes(1, 2).reshape(n // 10 * 28, 280)
save("sheet", sheet)
save("enlarged", x.repeat(2, axis=1).repeat(2, axis=2))
save("inverted", 255 - x)
save("turned", x.transpose(0, 2, 1))
save("larger", np.pad(x, ((0, 0), (18, 18), (18, 18))))
save("cropped", x[:, :27, :27])
save("oblong", x[:, :, 2:-2])
fields = np.zeros(n, dtype=[("image", "u1", (28, 28)), ("label", "i4")])
fields["image"], fields["label"] = x, labels
save("fields", fields)
with open("two.npy", "wb") as file:
    np.save(file, x)
    np.save(file, labels)

# Containers.
np.savez("plain.npz", x)
np.savez_compressed("packed.npz", images=unit, labels=labels)
np.savez("pair.npz", x, labels)
np.savez("batches.npz", *x.reshape(10, n // 10, 28, 28))
np.savez("rows.npz", images=unit.reshape(n, 1, 784), labels=labels)
np.savez("keras.npz", x_train=x, y_train=labels, x_test=x[:5], y_test=labels[:5])
with gzip.open("packed.npy.gz", "wb") as file:
    np.save(file, x)
np.savetxt("table.txt", x.reshape(n, 784), fmt="%d")
np.savetxt("table.csv", x.reshape(n, 784), fmt="%d", delimiter=",")
np.savetxt("floats.csv", unit.reshape(n, 784), delimiter=",")
np.savetxt("kaggle.csv", np.concatenate([labels[:, None], x.reshape(n, 784)], axis=1), fmt="%d", delimiter=",",
           header="label," + ",".join("pixel%d" % i for i in range(784)), comments="")
np.savetxt("last-label.csv", np.concatenate([x.reshape(n, 784), labels[:, None]], axis=1), fmt="%d", delimiter=",")
titles = ",".join(map(str, range(784)))
np.savetxt("pandas.csv", x.reshape(n, 784), fmt="%d", delimiter=",", header=titles, comments="")
np.savetxt("pandas-index.csv", np.concatenate([np.arange(n)[:, None], x.reshape(n, 784)], axis=1), fmt="%d", delimiter=",",
           header="," + titles, comments="")
np.savez("singles.npz", **{"image%d" % i: image for i, image in enumerate(x)})
os.mkdir("arrays")
for i, image in enumerate(x):
    np.save("arrays/%04d.npy" % i, image)
os.mkdir("uneven")
for start in range(0, n, 64):
    np.save("uneven/%04d.npy" % start, x[start:start + 64])
np.save("uneven/labels.npy", labels)
x.tofile("raw.bin")
unit.tofile("raw-f4.bin")
(x / 255).tofile("raw-f8.bin")
unit.astype(">f4").tofile("raw-be.bin")
x.astype("u2").tofile("raw-u2.bin")
with open("pickled-dictionary.pkl", "wb") as file:
    pickle.dump({"labels": labels, "images": x}, file)
with open("pickled-pair.pkl", "wb") as file:
    pickle.dump((x, labels), file)
with open("pickled-text.pkl", "wb") as file:
    pickle.dump(x, file, protocol=0)
with open("dictionary.json", "w") as file:
    json.dump({"labels": labels.tolist(), "images": x.tolist()}, file)
with open("pickled.pkl", "wb") as file:
    pickle.dump(x, file)
with open("numbers.json", "w") as file:
    json.dump(x.tolist(), file)
try:
    import torch

    torch.save(torch.from_numpy(x), "bytes.pt")
    torch.save(torch.from_numpy(unit)[:, None], "floats.pt")
    torch.save({"digits": torch.from_numpy(unit), "labels": torch.from_numpy(labels)}, "dictionary.pt")
    torch.save({"digits": torch.from_numpy(unit)}, "single.pt")
    torch.save({"labels": torch.from_numpy(labels), "epoch": 3, "digits": torch.from_numpy(unit)}, "labels-first.pt")
    torch.save({"digits": x}, "numpy.pt")
    torch.save([torch.from_numpy(x[start:start + 64]) for start in range(0, n, 64)], "uneven.pt")
    torch.save([torch.from_numpy(unit)[:, None], torch.from_numpy(labels)], "pair.pt")
    torch.save(torch.utils.data.TensorDataset(torch.from_numpy(x), torch.from_numpy(labels)), "dataset.pt")
    torch.save(list(torch.from_numpy(x)), "list.pt")
    torch.save((torch.from_numpy(x), torch.from_numpy(labels)), "tuple.pt")
    torch.save(torch.from_numpy(unit), "old.pt", _use_new_zipfile_serialization=False)
except ImportError:
    pass
try:
    import scipy.io

    scipy.io.savemat("matlab.mat", {"labels": labels, "digits": x})
except ImportError:
    pass
