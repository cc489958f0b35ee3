"""What python/digit_fid.py promises, tried with the digits of a file: prints one line of JSON a promise that is kept."""

import copy
import json
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
import time

import numpy

root, file, deno = sys.argv[1:4]
sys.path.insert(0, f"{root}/python")
from digit_fid import DigitFidError, Scorer, score  # noqa: E402

digits = numpy.load(file)
options = {"real": file, "cache": False}


def sentence(call):
    try:
        call()
    except DigitFidError as error:
        return str(error)
    return "no error"


def say(**values):
    print(json.dumps(values), flush=True)


with Scorer(**options) as scorer:
    scorer.update(digits, labels=[0] * len(digits))
    whole = scorer.compute()
    scorer.reset()
    for batch in numpy.array_split(digits[::-1] / numpy.float32(127.5) - 1, 7):
        scorer.update(batch[:, None])
    again = scorer.compute()
    say(score={**whole, "fake_as": "", "warnings": []} == {**again, "fake_as": "", "warnings": [], "asked": whole.asked}, fid=whole.fid)
    html = whole._repr_html_()
    say(shown=str(whole).startswith("100 images against 100, by ") and "<th>digit distance</th>" in html)
    part = scorer.save()
    say(
        shape=sentence(lambda: scorer.update(numpy.zeros((3, 5)))),
        dtype=sentence(lambda: scorer.update(digits.astype("complex64"))),
        labels=sentence(lambda: scorer.update(digits / 127.5 - 1, labels=[1])),
        many=sentence(lambda: scorer.update(digits / 127.5 - 1, labels=numpy.zeros(60_000, "int64"))),
        after=scorer.compute() == again,
    )
    grey = digits / numpy.float32(127.5) - 1
    for name, bad in {
        "masked": lambda: scorer.update(numpy.ma.masked_less(grey, 0)),
        "ragged": lambda: scorer.update([[1, 2], [3]]),
        "objects": lambda: scorer.update(grey, labels={1, 2}),
        "endless": lambda: scorer.update(grey, labels=numpy.full(100, numpy.nan)),
        "copied": lambda: copy.copy(scorer),
        "pickled": lambda: pickle.dumps(scorer),
    }.items():
        say(**{name: sentence(bad)})
    say(lost=scorer.compute() == again)
    scorer.reset()
    say(none=sentence(scorer.compute))
    parts = [threading.Thread(target=scorer.update, args=(list(part),)) for part in numpy.array_split(grey, 10)]
    for each in parts:
        each.start()
    for each in parts:
        each.join()
    say(threads=scorer.compute() == again)
    scorer.reset()
    scorer.merge(part)
    say(merged=scorer.compute() == again)
say(closed=sentence(scorer.compute))
say(line=score(digits, labels=[0] * len(digits), **options) == whole)
seeded = score(digits, seed=1, **options)
turned = score((255 - digits.transpose(0, 2, 1)).astype(">i2"), invert=True, transpose=True, seed=1, **options)
say(seeded=seeded["fid_interval"] != whole["fid_interval"])
say(options={**turned, "fake_as": ""} == {**seeded, "fake_as": ""})

scorer = Scorer(**options)
scorer.update(digits)
os.kill(scorer._process.pid, signal.SIGSTOP)  # so that it is in the middle of an answer
threading.Timer(0.2, os.kill, [scorer._process.pid, signal.SIGKILL]).start()
start = time.monotonic()
say(killed=sentence(scorer.compute), seconds=time.monotonic() - start, then=sentence(scorer.reset))
say(file=sentence(Scorer(real="none.npy").compute), flag=sentence(Scorer(keep=1).compute))
say(command=sentence(lambda: Scorer(command=["/nowhere/digit-fid"])))

code = f"""
import sys; sys.path.insert(0, {root + "/python"!r})
from digit_fid import Scorer
scorer = Scorer(real={file!r}, cache=False); scorer.network
print(scorer._process.pid, flush=True)
import os, signal; os.kill(os.getpid(), signal.SIGKILL)
"""
child = int(subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).stdout)
for _ in range(100):
    if not os.path.exists(f"/proc/{child}") or open(f"/proc/{child}/stat").read().split()[2] == "Z":
        break
    time.sleep(0.1)
else:
    child = None
say(orphan=child is not None)

try:
    import torch
except ImportError:
    say(torch="missing")
else:
    with Scorer(**options) as scorer:
        scorer.update(torch.tensor(digits, requires_grad=False).float().div(255).requires_grad_())
        say(torch={**scorer.compute(), "fake_as": "", "asked": None} == {**whole, "fake_as": "", "asked": None})

with tempfile.TemporaryDirectory() as folder:  # where there is no bash, nor a folder for temporary files
    os.symlink(deno, f"{folder}/deno")
    tempfile.tempdir = f"{folder}/none"
    os.environ["PATH"] = folder
    say(bare=score(digits, labels=[0] * len(digits), **options) == whole)
