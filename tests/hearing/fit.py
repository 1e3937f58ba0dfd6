"""Learns bot/intents/kin_weights.py from the labelled logs beside this file: `python -m tests.hearing.fit`.

The logs were written for this project. Those in HELD_OUT are never learnt from: they say how well it goes on others' talk.
"""

from __future__ import annotations

import json
import random
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.channels.masking import mask
from bot.commands.meaning import trained
from bot.config import find, load
from bot.domain.settings import Settings
from bot.intents import kin, kin_weights
from bot.intents.heard import Heard
from bot.intents.kin_signs import Around, Signs, signs
from bot.intents.meaning import cry, head_of, share
from bot.intents.normalize import normalize
from bot.intents.recognize import Ears
from bot.judging import Judging
from bot.semantic import Judge, encoder, encoder_name
from bot.weights import ears as ears_of

if TYPE_CHECKING:
    from bot.semantic import Encode

HERE = Path(__file__).parent
HELD_OUT = frozenset({"a", "b", "f", "g", "h"})
STEADY = 1.0  # how hard large weights are held down
DAYS, ECHO = timedelta(days=7), timedelta(minutes=20)
FAR = 99
FOLDS = 3
CROWD = 2

Row = Mapping[str, Any]


@dataclass(slots=True)
class Thread:
    """A labelled thread as far as it has been told."""

    gist: str
    intent: str
    reporter: str
    messages: list[str]
    touched: datetime
    urgent: bool
    voices: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Pair:
    """A line beside a thread: what they show of each other, and whether they belong together."""

    line: str
    signs: Signs
    own: bool  # the speaker had spoken of the thread before
    belongs: bool


def rows(path: Path) -> list[Row]:
    """The lines of a log in the sequence in which they were said."""
    return sorted((json.loads(row) for row in path.read_text(encoding="utf-8").splitlines() if row), key=lambda r: str(r["at"]))


def pairs(log: Sequence[Row], ears: Ears) -> Iterator[Pair]:
    """Every line beside every thread of its lounge that it might be taken for."""
    threads: dict[str, dict[str, Thread]] = defaultdict(dict)
    talk: dict[str, list[str]] = defaultdict(list)
    mixed = random.Random(7)
    for row in log:
        text, now, gold, known = mask(row["text"]), datetime.fromisoformat(row["at"]), row["gold"], threads[row["lounge"]]
        heard = ears.hear(text, name=row["name"], lounge=row["lounge"])
        ago = {name: place for place, name in reversed(list(enumerate(reversed(talk[row["lounge"]][-60:]))))}
        for name, thread in known.items():
            if row["reply_to"] not in thread.messages:
                yield from _pair(row, text, heard, name, thread, ago, now, ears)
        yield from _crowded(row, text, heard, known, now, ears, mixed)
        if gold["thread"]:
            _told(known, row, text, now)
        talk[row["lounge"]].append(row["id"])


def _pair(row: Row, text: str, heard: Heard, name: str, thread: Thread, ago: Mapping[str, int], now: datetime,
          ears: Ears) -> Iterator[Pair]:
    since, speaker = now - thread.touched, row["sender"]
    own = speaker == thread.reporter or speaker in thread.voices
    if since > (DAYS if own else ECHO) or not own and not (thread.urgent or kin.joins_in(text, heard.act, heard.ways)):
        return
    around = Around(since=since, lines_between=min((ago[m] for m in thread.messages if m in ago), default=FAR),
                    to_bot=bool(row["at_bot"]), urgent=thread.urgent, reporter=speaker == thread.reporter,
                    same=heard.intent == thread.intent, other=heard.decision == "open" and heard.intent != thread.intent, ways=heard.ways,
                    share=share(heard.opinion, thread.intent), cry=cry(heard.opinion))
    yield Pair(row["id"], signs(text, heard.act, thread.gist, ears.leaning(text, thread.intent), around, ears.rare), own,
               row["gold"]["thread"] == name)


def _crowded(row: Row, text: str, heard: Heard, known: Mapping[str, Thread], now: datetime, ears: Ears, mixed: random.Random) -> Iterator[Pair]:
    """A line of somebody else beside matters long past, as if they had just been spoken of: groups are busier than these logs."""
    old = [(name, thread) for name, thread in known.items() if now - thread.touched > ECHO and row["gold"]["thread"] != name
           and row["sender"] not in {thread.reporter, *thread.voices}]
    for name, thread in mixed.sample(old, min(CROWD, len(old))):
        ago = dict.fromkeys(thread.messages, mixed.randrange(8))
        recent = replace(thread, touched=now - timedelta(minutes=mixed.uniform(0.2, 20)))
        yield from _pair(row, text, heard, name, recent, ago, now, ears)


def _told(known: dict[str, Thread], row: Row, text: str, now: datetime) -> None:
    gold = row["gold"]
    thread = known.get(gold["thread"])
    if thread is None:
        known[gold["thread"]] = Thread(text, gold["intent"], row["sender"], [row["id"]], now, gold["urgent"])
        return
    thread.messages.append(row["id"])
    thread.touched, thread.urgent = now, thread.urgent or gold["urgent"]
    if row["sender"] != thread.reporter:
        thread.voices.add(row["sender"])


def learn(taught: Sequence[Pair]) -> dict[str, float]:
    """Weights of a logistic regression by Newton's steps; the same pairs always give the same weights."""
    names = sorted({name for pair in taught for name in pair.signs})
    place = {name: n for n, name in enumerate(names)}
    x = np.zeros((len(taught), len(names) + 1))
    x[:, -1] = 1.0
    for n, pair in enumerate(taught):
        for name, much in pair.signs.items():
            x[n, place[name]] = much
    y = np.array([pair.belongs for pair in taught], float)
    w, hold = np.zeros(len(names) + 1), np.full(len(names) + 1, STEADY)
    hold[-1] = 1e-6
    for _ in range(30):
        p = 1 / (1 + np.exp(-x @ w))
        step = np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x + np.diag(hold), x.T @ (y - p) - hold * w)
        w += step
        if float(np.abs(step).max()) < 1e-6:
            break
    return {"": round(float(w[-1]), 2)} | {name: round(float(v), 2) for name, v in zip(names, w, strict=False) if abs(v) >= 0.05}


def told(taught: Sequence[Pair], weights: Mapping[str, float], least: float) -> str:
    """How often the likeliest pair of a line is right, and how many lines that belong somewhere are found."""
    best: dict[str, tuple[float, bool]] = {}
    wanted = {pair.line for pair in taught if pair.belongs}
    for pair in taught:
        score = weights[""] + sum(weights.get(name, 0.0) * much for name, much in pair.signs.items())
        best[pair.line] = max(best.get(pair.line, (-99.0, False)), (score, pair.belongs))
    joined = [right for score, right in best.values() if score >= least]
    return f"{sum(joined)} of {len(joined)} right, {sum(joined)} of {len(wanted)} found"


def unaware(settings: Settings, logs: Iterable[Sequence[Row]]) -> Settings:
    """The settings without any line of these logs, so that what is learnt of them says how it goes on talk by others."""
    known = {normalize(row["text"]).text for log in logs for row in log}

    def rest(lines: Iterable[str]) -> tuple[str, ...]:
        return tuple(line for line in lines if normalize(line).text not in known)

    intents = {name: replace(one, lines=rest(one.lines), near=rest(one.near)) for name, one in settings.intents.items()}
    return replace(settings, intents=intents, chatter=rest(settings.chatter), talk={way: rest(told) for way, told in settings.talk.items()})


def heard_by(settings: Settings, texts: Sequence[str], encode: Encode) -> Ears:
    """Ears of these settings, with what a head learnt from them thinks of the doubtful lines."""
    ears = ears_of(settings)
    judge = Judge(head_of(trained(settings, encode, encoder_name())), settings.intents, settings.bot_names, load=lambda: encode)
    Judging(judge, ears).ahead_now([mask(text) for text in texts])
    return ears


def folds(names: Sequence[str]) -> Iterator[list[str]]:
    """The logs in FOLDS parts; those that are held out, which nothing was learnt from, apart."""
    yield [name for name in names if name in HELD_OUT]
    taught = [name for name in names if name not in HELD_OUT]
    for n in range(FOLDS):
        yield taught[n::FOLDS]


def main() -> None:
    """Learn, say how it goes on the logs that were held out, write."""
    settings = load(find(None, {}), {})
    logs = {path.stem: rows(path) for path in sorted(HERE.glob("*.jsonl"))}
    encode, found = encoder(), {}
    for some in folds(sorted(logs)):
        known = unaware(settings, [logs[name] for name in some])
        ears = heard_by(known, [row["text"] for name in some for row in logs[name]], encode)
        found |= {name: list(pairs(logs[name], ears)) for name in some}
    made = {}
    for table, own, least in (("OWN", True, kin.OWN_LEAST), ("ECHO", False, kin.ECHO_LEAST)):
        taught = [pair for name in found if name not in HELD_OUT for pair in found[name] if pair.own is own]
        made[table] = learn(taught)
        for name in sorted(HELD_OUT & found.keys()):
            print(table, name, told([pair for pair in found[name] if pair.own is own], made[table], least), file=sys.stderr)
    write(made, sum(len(pair) for name, pair in found.items() if name not in HELD_OUT))


def write(made: Mapping[str, Mapping[str, float]], count: int) -> None:
    """The module of weights, as it is committed."""
    text = [f'"""What each sign of kin_signs is worth (logits), learnt from {count} pairs by tests/hearing/fit.py; not edited by hand."""',
            "", "from __future__ import annotations", ""]
    for table, weights in made.items():
        text += [f"{table}: dict[str, float] = {{", *(f'    "{name}": {value},' for name, value in weights.items()), "}"]
    Path(kin_weights.__file__).write_text("\n".join(text) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
