"""Learns a head from sentence vectors by plain steps in numpy; the same lessons always give the same head."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.intents.meaning import KINDS, NONE, TONE_NET, TONES, WAY, WAYS, Lesson

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

VOICES = 3  # nets taught apart, whose mean is less led astray by any one line
HIDDEN = {KINDS: 256, WAY: 96, TONE_NET: 64}
BATCH = 128
SPACE = 22  # dimensions in which neighbours are sought
SEED = 7


@dataclass(frozen=True, slots=True)
class Course:
    """How a net is taught."""

    rounds: int = 15
    rate: float = 2e-3  # the first step; falls to nothing
    decay: float = 0.3  # of the weights, so that no single row is learnt by heart
    drop: float = 0.2  # of the places hidden at each step
    smooth: float = 0.05  # of the target given to all kinds alike


COURSE = Course()


def learn(vectors: Floats, rows: Sequence[Lesson], shown: int) -> dict[str, Any]:
    """The arrays of a head's file, small types throughout.

    `vectors`: one row for each of `rows`; the first `shown` rows are the lines shown as neighbours.
    """
    import numpy as np

    mean = vectors.mean(axis=0)
    scale = 1.0 / np.maximum(vectors.std(axis=0), 1e-4)
    even = (vectors - mean) * scale
    space = _space(even[:shown])
    near = even[:shown] @ space
    near /= np.maximum(np.sqrt((near * near).sum(axis=1, keepdims=True)), 1e-6)
    intents = sorted({row.intent for row in rows if row.intent})
    told: dict[str, tuple[Sequence[str], list[str | None]]] = {
        KINDS: ((NONE, *intents), [NONE if row.intent is None else row.intent for row in rows]),
        WAY: (WAYS, [row.way for row in rows]), TONE_NET: (TONES, [row.tone for row in rows])}
    made: dict[str, Any] = {"mean": mean.astype(np.float32), "scale": scale.astype(np.float32), "map": space.astype(np.float16),
                            "near": np.round(near * 127.0).astype(np.int8)}
    for name, (names, targets) in told.items():
        made |= _net(name, names, targets, even, np.array([row.weight for row in rows], np.float32))
    return made


def _net(name: str, names: Sequence[str], targets: Sequence[str | None], even: Floats, weights: Floats) -> dict[str, Any]:
    """One net's arrays, learnt from the rows that say something of it."""
    import numpy as np

    place = {one: n for n, one in enumerate(names)}
    some = [n for n, target in enumerate(targets) if target]
    wanted = np.array([place[targets[n] or ""] for n in some])
    layers = side_by_side([taught(even[some], wanted, weights[some], len(names), HIDDEN[name], COURSE, SEED + n) for n in range(VOICES)])
    parts = dict(zip(("hidden", "hidden_bias", "out", "out_bias"), layers, strict=True))
    return {f"{name}_names": np.array(list(names)), **{f"{name}_{part}": rows.astype(np.float16) for part, rows in parts.items()}}


def _space(vectors: Floats) -> Floats:
    """The directions in which the lines differ most; signs are fixed so that the file never changes by itself."""
    import numpy as np

    _, axes = np.linalg.eigh((vectors.T @ vectors).astype(np.float64))
    axes = axes[:, ::-1][:, :SPACE]
    largest = axes[np.abs(axes).argmax(axis=0), np.arange(SPACE)]
    space: Floats = (axes * np.sign(largest)).astype(np.float32)
    return space


def side_by_side(nets: Sequence[list[Any]]) -> list[Any]:
    """Several nets as one: side by side, what comes out of each counting an equal part."""
    import numpy as np

    hidden, begin, out, end = zip(*nets, strict=True)
    return [np.hstack(hidden), np.hstack(begin), np.vstack(out) / len(nets), np.mean(end, axis=0)]


def taught(x: Floats, targets: Any, weights: Floats, kinds: int, width: int, course: Course, seed: int = SEED) -> list[Any]:
    """One hidden layer, cross entropy, Adam with decay: what it adds to each hidden sum, where these begin, and the same of the kinds.

    `targets`: the kind of each row of `x`, 0..`kinds`-1; `weights`: how often each counts; the same `seed` gives the same net.
    """
    import numpy as np

    mixed = np.random.Generator(np.random.PCG64(seed))
    wanted = np.eye(kinds, dtype=np.float32)[targets] * (1.0 - course.smooth) + course.smooth / kinds
    size = x.shape[1]
    layers = [mixed.normal(0, size**-0.5, (size, width)), np.zeros(width),
              mixed.normal(0, 0.5 * width**-0.5, (width, kinds)), np.zeros(kinds)]
    layers = [layer.astype(np.float32) for layer in layers]
    moves = _Moves(layers, course, course.rounds * -(-len(x) // BATCH))
    for _ in range(course.rounds):
        shuffled = mixed.permutation(len(x))
        for start in range(0, len(x), BATCH):
            some = shuffled[start : start + BATCH]
            moves.step(_slopes(layers, x[some], wanted[some], weights[some], mixed, course.drop))
    return layers


def _slopes(layers: list[Any], x: Any, wanted: Any, weights: Any, mixed: Any, drop: float) -> list[Any]:
    """How the loss of one batch grows with each layer."""
    import numpy as np

    hidden, hidden_bias, out, out_bias = layers
    keep = np.float32(1.0 - drop)
    x = x * (mixed.random(x.shape, dtype=np.float32) > drop) / keep
    raw = x @ hidden + hidden_bias
    open_ = (raw > 0) * (mixed.random(raw.shape, dtype=np.float32) > drop) / keep
    shown = raw * open_
    logits = shown @ out + out_bias
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    wrong = (shares - wanted) * weights[:, None] / np.float32(len(x))
    back = (wrong @ out.T) * open_
    return [x.T @ back, back.sum(axis=0), shown.T @ wrong, wrong.sum(axis=0)]


class _Moves:
    """Adam: each weight moves by its mean slope over the root of its mean square, and shrinks a little."""

    def __init__(self, layers: list[Any], course: Course, total: int) -> None:
        import numpy as np

        self._layers, self._course, self._total, self._done = layers, course, total, 0
        self._mean = [np.zeros_like(layer) for layer in layers]
        self._square = [np.zeros_like(layer) for layer in layers]

    def step(self, slopes: list[Any]) -> None:
        import numpy as np

        rate = np.float32(self._course.rate * (1.0 - self._done / self._total))
        self._done += 1
        early, late = np.float32(1.0 - 0.9**self._done), np.float32(1.0 - 0.999**self._done)
        for layer, mean, square, slope in zip(self._layers, self._mean, self._square, slopes, strict=True):
            mean += np.float32(0.1) * (slope - mean)
            square += np.float32(0.001) * (slope * slope - square)
            pull = np.float32(self._course.decay) * layer if layer.ndim == 2 else np.float32(0.0)
            layer -= rate * ((mean / early) / (np.sqrt(square / late) + np.float32(1e-8)) + pull)
