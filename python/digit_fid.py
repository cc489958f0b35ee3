"""Scores generated MNIST digits where they are made: in a training loop, a notebook, a cluster.

    from digit_fid import Scorer

    with Scorer() as scorer:
        for images in batches:          # NumPy arrays or torch tensors: N×28×28, N×1×28×28, N×784 …
            scorer.update(images)
        print(scorer.compute()["digit_distance"])

One file, which needs NumPy and the program digit-fid: a checkout, or the package for npm that `./digit-fid package` makes
in it. The program runs beside Python and ends with it. `docs/scorer_protocol.md` in the project says what they say to each other.
"""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import threading
from typing import Any, BinaryIO, Iterable, Sequence

import numpy

__all__ = ["Scorer", "Score", "DigitFidError", "score"]
__version__ = "0.2.0"

PROTOCOL = 1


class DigitFidError(Exception):
    """What went wrong, in a sentence that says what to do."""


class Score(dict):
    """The metrics by name, as `digit-fid fid --json` prints them: `score["fid"]` or `score.fid`.

    Printed, or at the end of a notebook's cell, it is a table in words, with what as many real digits score beside it.
    """

    def __init__(self, fields: dict[str, Any], shown: dict[str, str] | None = None) -> None:
        super().__init__(fields)
        self._shown = shown or {}

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"this score has no {name}; it has {', '.join(self)}") from None

    def __str__(self) -> str:
        return self._shown.get("text/plain", repr(self))

    def _repr_html_(self) -> str | None:
        return self._shown.get("text/html")

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:  # IPython in a terminal
        printer.text(str(self))


class Scorer:
    """Scores generated digits against real ones, as a metric of torchmetrics does: update, compute, reset.

    The order of the images and their batches change no bit of a score, nor do the parts that are merged.

    Args:
        real: the real images: "mnist-test", "mnist-train", or a file as `digit-fid fid --real` takes it.
        range: what black and white are in the generated images: "byte" (0 to 255), "unit" (0 to 1), "signed" (-1 to 1),
            "centred", "standardised", "word", or both as "-0.42,2.82"; inferred from the first images after a reset unless
            given.
        clip: clip what lies beyond black and white.
        invert: make black of white and white of black.
        transpose: swap rows and columns of each image.
        resize: resize images to 28×28.
        seed: of what is drawn at random.
        weights: a safetensors file with another network than the reference network.
        data: folder of the data set that "mnist-test" is of.
        threads: of the program; one a processor unless given.
        keep: most generated images that are kept one by one (200,000); see docs/scorer_protocol.md.
        cache: whether what the network makes of the real images is kept on disk for the next time.
        command: how the program is started, as a list of words; found unless given: the environment variable DIGIT_FID,
            the checkout that this file lies in, node_modules of the working directory or above, the PATH, or npx.

    Raises:
        DigitFidError: if the program is not found. It starts in the background: what is wrong with the other arguments
            is raised by the first call that needs it.
    """

    def __init__(
        self,
        real: str = "mnist-test",
        *,
        range: str | None = None,
        clip: bool = False,
        invert: bool = False,
        transpose: bool = False,
        resize: bool = False,
        seed: int = 0,
        weights: str | os.PathLike[str] | None = None,
        data: str | os.PathLike[str] | None = None,
        threads: int | None = None,
        keep: int | None = None,
        cache: bool = True,
        command: Sequence[str] | None = None,
    ) -> None:
        flags: dict[str, Any] = {
            "real": real,
            "fake-range": range,
            "fake-clip": clip,
            "fake-invert": invert,
            "fake-transpose": transpose,
            "fake-resize": resize,
            "seed": seed,
            "weights": weights and os.fspath(weights),
            "data": data and os.fspath(data),
            "threads": threads,
            "keep": keep,
            "no-cache": not cache,
            "quiet": True,
        }
        words = [
            f"--{name}" if value is True else f"--{name}={value}"
            for name, value in flags.items()
            if value is not None and value is not False
        ]
        self._greeting: dict[str, Any] | None = None
        self._ended: str | None = None
        self._requests = 0
        self._owner = os.getpid()
        self._turn = threading.RLock()  # one request at a time, whichever thread asks
        self._messages = _open_messages()
        self._process: subprocess.Popen[bytes] | None = None
        full = [*(command or _find_command()), "scorer", *words]
        try:
            self._process = subprocess.Popen(
                full,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._messages,
                start_new_session=True,  # Ctrl-C is for Python; the end of standard input ends the program
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),  # the same on Windows
            )
        except OSError as error:
            raise DigitFidError(f"cannot start {full[0]}: {error.strerror}: name the program by command=") from error

    def update(self, images: Any, labels: Iterable[int] | None = None) -> None:
        """Adds generated images.

        Args:
            images: a NumPy array, a torch tensor or what numpy.asarray takes: N×28×28, N×1×28×28, N×784, N×32×32 …
            labels: the digit of each image that the generator was asked for: where all images have one, the score has
                `asked`, with the `accuracy`, the cross-entropy (`loss`) and the `confusion` of asked and seen.

        Raises:
            DigitFidError: if they are no images; nothing is added then.
        """
        array = _array(images, "generated images")
        head: dict[str, Any] = {"do": "add", "dtype": array.dtype.str, "shape": list(array.shape)}
        if labels is not None:
            numbers = _array(labels, "labels").reshape(-1)
            if not numpy.isfinite(numbers).all():
                raise DigitFidError("labels: some are no finite numbers, expected digits from 0 to 9")
            head["labels"] = numbers.tolist()
        self._ask(head, array.tobytes())

    def compute(self) -> Score:
        """Scores all images that were added since the last reset; more may be added afterwards.

        Raises:
            DigitFidError: if there are fewer than 2 images.
        """
        answer, _ = self._ask({"do": "compute"})
        return Score(answer["score"], answer.get("shown"))

    def reset(self) -> None:
        """Forgets the generated images; the real ones stay."""
        self._ask({"do": "reset"})

    def save(self) -> bytes:
        """All that was added, to be merged by another Scorer, here or on another machine, or to be loaded again."""
        return self._ask({"do": "save"})[1]

    def merge(self, part: bytes | Scorer) -> None:
        """Adds all that was added to another Scorer with the same network, real images and keep.

        Raises:
            DigitFidError: if the bytes are damaged, or of another kind of scorer; nothing is added then.
        """
        self._ask({"do": "merge"}, part.save() if isinstance(part, Scorer) else part)

    def load(self, part: bytes) -> None:
        """Forgets the generated images, and takes those that were saved."""
        self._ask({"do": "load"}, part)

    @property
    def network(self) -> str:
        """The network that scores, with the beginning of its hash: scores of different networks do not compare."""
        greeting = self._greet()
        return f"{greeting['network']} (SHA-256 {greeting['network_sha256'][:12]}…)"

    def close(self) -> None:
        """Ends the program. A Scorer that is no longer used, or the end of Python, does the same."""
        if self._process is None or self._owner != os.getpid():  # a fork has no program of its own
            return
        with self._turn:
            self._close()

    def _close(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        self._ended = "it was closed"
        for pipe in (process.stdin, process.stdout):
            try:
                if pipe:
                    pipe.close()
            except OSError:
                pass  # the program is gone already
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._messages.close()

    def __reduce__(self) -> Any:  # which copy and pickle ask for
        raise DigitFidError("a Scorer is a running program, and cannot be copied: make another, and load() what save() gives")

    def __enter__(self) -> Scorer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        try:
            self.close()
        except Exception:  # at the end of Python anything may be gone
            pass

    def _greet(self) -> dict[str, Any]:
        if self._ended is not None:
            raise DigitFidError(f"the scorer has ended: {self._ended}: make a new Scorer")
        if self._greeting is None:
            greeting, _ = self._read()
            if greeting.get("protocol") != PROTOCOL:
                self._give_up("it is of another version: install digit-fid and digit_fid.py of one version")
            self._greeting = greeting
        return self._greeting

    def _ask(self, head: dict[str, Any], body: bytes = b"") -> tuple[dict[str, Any], bytes]:
        """Sends a request and waits for its answer."""
        if self._owner != os.getpid():
            raise DigitFidError("this Scorer belongs to the process that made it: make one of your own after a fork")
        with self._turn:
            return self._exchange(head, body)

    def _exchange(self, head: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
        if self._ended is not None:
            raise DigitFidError(f"the scorer has ended: {self._ended}: make a new Scorer")
        self._requests += 1
        head = {**head, "id": self._requests, "bytes": len(body)}
        line = json.dumps(head, separators=(",", ":"), allow_nan=False).encode() + b"\n"
        try:
            self._greet()
            self._write(line, body)
            answer, data = self._read()
            if answer.get("id") != head["id"]:
                self._give_up("it answered another request")
        except DigitFidError:
            raise
        except BaseException:  # Ctrl-C, say: half a request cannot be taken back
            self._give_up("a request was interrupted", raises=False)
            raise
        if not answer["ok"]:
            remedy = ", ".join(f"{name}={value!r}" for name, value in answer.get("remedy", {}).items())
            raise DigitFidError(answer["error"] + (f" ({remedy})" if remedy else ""))
        return answer, data

    def _write(self, *parts: bytes) -> None:
        try:
            for part in parts:
                self._process.stdin.write(part)
            self._process.stdin.flush()
        except (OSError, ValueError):  # its end of the pipe is closed, or this one
            self._give_up()

    def _read(self) -> tuple[dict[str, Any], bytes]:
        line = self._process.stdout.readline()
        if not line.endswith(b"\n"):
            self._give_up()
        head = json.loads(line)
        body = self._process.stdout.read(head["bytes"])
        if len(body) < head["bytes"]:
            self._give_up()
        return head, body

    def _give_up(self, reason: str | None = None, raises: bool = True) -> None:
        """Ends the program, or what is left of it, and says why."""
        process = self._process
        if reason is not None:
            process.kill()
        try:
            code = process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait()
        if reason is None:
            self._messages.seek(0)
            lines = self._messages.read().decode(errors="replace").strip().splitlines()
            signal = -code if code < 0 else code - 128  # npm's digit-fid ends with 128 and the signal
            if signal > 0:
                reason = f"it was killed by signal {signal}"
            elif lines and lines[-1].startswith("npm "):  # npx found nothing
                reason = _NOT_FOUND
            else:
                reason = lines[-1].removeprefix("digit-fid: ") if lines else f"its exit code is {code}"
        self.close()
        self._ended = reason
        if raises and self._greeting is None:
            raise DigitFidError(reason)
        if raises:
            raise DigitFidError(f"the scorer has ended: {reason}: make a new Scorer and add the images again")


def score(images: Any, labels: Iterable[int] | None = None, **options: Any) -> Score:
    """Scores generated images in one line; the options are those of Scorer."""
    with Scorer(**options) as scorer:
        scorer.update(images, labels)
        return scorer.compute()


def _open_messages() -> BinaryIO:
    """What the program says to people is kept here, to be raised should it end; where no file can be made it is lost."""
    try:
        return tempfile.TemporaryFile()
    except OSError:
        return open(os.devnull, "w+b")


def _array(values: Any, what: str) -> numpy.ndarray:
    """Numbers as a NumPy array in C's order, little-endian."""
    try:
        array = numpy.ascontiguousarray(_on_host(values))
    except (TypeError, ValueError, RuntimeError) as error:
        raise DigitFidError(f"{what}: no array can be made of them: {error}") from error
    if numpy.ma.is_masked(values):
        raise DigitFidError(f"{what}: some are masked: say what they are by filled(0), or leave them out")
    if array.dtype.kind not in "biuf":
        kind = "Python's own objects" if array.dtype.kind == "O" else str(array.dtype)
        raise DigitFidError(f"{what}: expected an array of numbers, found one of {kind}")
    return array.astype(array.dtype.newbyteorder("<"), copy=False)


def _on_host(values: Any) -> Any:
    """What numpy.asarray takes. Of torch it needs no more than the tensor's own methods."""
    if hasattr(values, "detach"):
        values = values.detach().cpu()
        if str(values.dtype) == "torch.bfloat16":  # which NumPy does not know
            values = values.float()
        return values.numpy()
    if isinstance(values, (list, tuple)) or hasattr(values, "__next__"):
        return [_on_host(value) for value in values]
    return values


_NOT_FOUND = (
    "the program digit-fid is not found: name the one in a clone by the environment variable, DIGIT_FID=CLONE/digit-fid, "
    "or npm install the package that CLONE/digit-fid package makes"
)


def _start_of(launcher: pathlib.Path) -> list[str] | None:
    """How the program of a checkout is started: by its launcher, or, where there is no bash, by a Deno."""
    config = launcher.parent / "deno.json"
    if not (launcher.is_file() and config.is_file()):
        return None
    if os.name == "posix" and shutil.which("bash"):
        return [str(launcher)]
    installed = sorted(launcher.parent.glob(".deno/node_modules/@deno/*/deno*"))  # by an earlier start of the launcher
    deno = next((str(path) for path in installed if os.access(path, os.X_OK)), None) or shutil.which("deno")
    return [deno, "task", "--quiet", "--config", str(config)] if deno else None


def _find_command() -> list[str]:
    """How the program is started here."""
    if os.environ.get("DIGIT_FID"):
        named = pathlib.Path(os.environ["DIGIT_FID"])
        return _start_of(named) or [str(named)]
    launcher = pathlib.Path(__file__).resolve().parent.parent / "digit-fid"
    command = _start_of(launcher)
    if command:
        return command
    here = pathlib.Path.cwd()
    for folder in (here, *here.parents):  # as npx does, in a tenth of its time
        installed = shutil.which("digit-fid", path=str(folder / "node_modules" / ".bin"))
        if installed:
            return [installed]
    installed = shutil.which("digit-fid")
    if installed:
        return [installed]
    npx = shutil.which("npx")
    if npx:
        return [npx, "--no-install", "digit-fid"]
    raise DigitFidError(_NOT_FOUND)
