"""Learns bot/intents/kin_weights.py from the labelled logs beside this file: `python -m tests.hearing.fit`.

The logs were written for this project. Those in HELD_OUT are never learnt from: they say how well it goes on others' talk.
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.channels.masking import mask
from bot.commands.meaning import trained
from bot.config import find, load
from bot.domain.effects import BETWEEN, GIST_MOST
from bot.domain.settings import Settings
from bot.intents import kin, kin_weights
from bot.intents.heard import Heard, askable, doubtful
from bot.intents.kin_signs import NOWHERE, OUT, Around, Scale, Signs, before_of, left_by, place_of, signs
from bot.intents.meaning import head_of
from bot.intents.normalize import normalize
from bot.intents.place import Placed, PlaceParser
from bot.intents.prelude import prelude
from bot.intents.recognize import Ears
from bot.intents.study import Course
from bot.intents.study import taught as net
from bot.semantic import Judge, encoder, encoder_name
from bot.store.port import TALK_AGE
from bot.store.writes import TALK_LINES
from bot.weights import ears as ears_of
from tests.hearing import warm

if TYPE_CHECKING:
    from bot.semantic import Encode

HERE = Path(__file__).parent
HELD_OUT = frozenset({"ca", "cd", "ea", "eb", "ec", "fa", "fb", "fc", "fd", "ha", "hb", "hc", "ia", "ib", "ic"})
HIDDEN = 24
COURSE = Course(rounds=40, rate=6e-3, decay=0.3, drop=0.1, smooth=0.0)
LEVELLED = 0.05  # added to each sign's spread, or the rarest would weigh most
DAYS, ECHO = timedelta(days=30), timedelta(minutes=20)
FAR = 99
FOLDS = 3
CROWD = 2
# Nobody hears all: so many lines of a matter go unnoticed, and so much small talk of its people is taken for more about it.
MISSED, MISTAKEN, LATELY = 0.2, 0.08, timedelta(hours=3)

REMEMBERED = frozenset({"thanks", "progress", "satisfied"})  # what such a line says is no part of the matter

Row = Mapping[str, Any]
Weights = dict[str, tuple[float, ...]]


@dataclass(slots=True)
class Thread:
    """A labelled thread as far as it has been told."""

    gist: str
    intent: str
    reporter: str
    messages: list[str]
    touched: datetime
    urgent: bool
    building: str | None
    left: str = ""
    voices: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Pair:
    """A line beside a thread: what they show of each other, and whether they belong together."""

    line: str
    signs: Signs
    own: bool  # the speaker had spoken of the thread before
    belongs: bool
    heard_out: bool  # with the semantic layer, where it can be asked at all


def rows(path: Path) -> list[Row]:
    """The lines of a log in the sequence in which they were said."""
    return sorted((json.loads(row) for row in path.read_text(encoding="utf-8").splitlines() if row), key=lambda r: str(r["at"]))


def pairs(log: Sequence[Row], deaf: Ears, ears: Ears, places: PlaceParser) -> Iterator[Pair]:
    """Every line beside every thread of its lounge that it might be taken for, as heard without the semantic layer and with it.

    `deaf` hears without, `ears` with it.
    """
    threads: dict[str, dict[str, Thread]] = defaultdict(dict)
    talk: dict[str, deque[Row]] = defaultdict(lambda: deque(maxlen=TALK_LINES))
    mixed, slips = random.Random(7), random.Random(3)
    for row in log:
        text, now, gold, known = mask(row["text"]), datetime.fromisoformat(row["at"]), row["gold"], threads[row["lounge"]]
        plain = deaf.hear(text, name=row["name"], lounge=row["lounge"])
        judged = ears.hear(text, name=row["name"], lounge=row["lounge"]) if askable(plain, text) else plain
        recent = [one for one in talk[row["lounge"]] if now - datetime.fromisoformat(one["at"]) <= TALK_AGE]
        ago = {one["id"]: place for place, one in enumerate(reversed(recent))}
        placed = places.place(text, name=row["name"], lounge=row["lounge"])
        before = next((one["id"] for one in reversed(recent) if one["sender"] == row["sender"]), "")
        scene = Scene(row, text, (plain, judged), placed, known, now, ears, before, recent)
        heard = judged if scene.own or doubtful(plain) else plain  # as it is in life: see bot/handlers/wonder.py
        for name, thread in known.items():
            if row["reply_to"] not in thread.messages:
                yield from scene.pair(name, thread, ago)
        yield from _crowded(scene, mixed)
        if gold["thread"] in known and gold["role"] != "report" and slips.random() < MISSED:
            pass
        elif gold["thread"]:
            _told(known, row, text, placed.building, now, left_by(heard))
        elif scene.own and slips.random() < MISTAKEN:
            _mistaken(scene, heard)
        talk[row["lounge"]].append(row)


class Scene:
    """What is the same for every thread that a line is held against."""

    def __init__(self, row: Row, text: str, heard: tuple[Heard, Heard], placed: Placed, known: Mapping[str, Thread], now: datetime,
                 ears: Ears, before: str, talk: Sequence[Row]) -> None:  # fmt: skip
        """`heard`: the line without the semantic layer's opinion, and with it; the same twice where it is never asked."""
        self.row, self.text, self.heard, self.placed, self.known, self.now, self.ears = row, text, heard, placed, known, now, ears
        self.before = before
        self.prelude = prelude([(one["sender"], one["name"]) for one in talk], row["sender"])
        self.lively = sum(now - thread.touched <= ECHO for thread in known.values())
        self.own = [thread for thread in known.values() if self.speaks_of(thread) and now - thread.touched <= DAYS]

    def speaks_of(self, thread: Thread) -> bool:
        """Whether the speaker has spoken of the thread before."""
        return self.row["sender"] in {thread.reporter, *thread.voices}

    def pair(self, name: str, thread: Thread, ago: Mapping[str, int]) -> Iterator[Pair]:
        """The line beside one thread, if it could be taken for it at all."""
        plain, judged = self.heard
        yield from self._pair(name, thread, ago, plain)
        if judged is not plain:
            yield from self._pair(name, thread, ago, judged)

    def _pair(self, name: str, thread: Thread, ago: Mapping[str, int], heard: Heard) -> Iterator[Pair]:
        since, text, own = self.now - thread.touched, self.text, self.speaks_of(thread)
        if since > (DAYS if own else ECHO) or not own and not (thread.urgent or kin.joins_in(text, heard.act, heard.ways)):
            return
        around = Around(since=since, lines_between=min((ago[m] for m in thread.messages if m in ago), default=FAR), heard=heard,
                        intent=thread.intent, messages=len(thread.messages), lively=self.lively, cases=len(self.own),
                        older=own and any(other.touched > thread.touched for other in self.own), to_bot=bool(self.row["at_bot"]),
                        urgent=thread.urgent, reporter=self.row["sender"] == thread.reporter,
                        place=place_of(self.placed, thread.building), left=thread.left,
                        before=before_of(self.before, thread.messages),
                        near=self.ears.near(text, thread.gist) if heard.opinion else NOWHERE,
                        prelude=self.prelude if own else ())
        found = signs(text, heard.act, thread.gist, self.ears.leaning(text, thread.intent), around, self.ears.rare)
        yield Pair(self.row["id"], found, own, self.row["gold"]["thread"] == name, heard is self.heard[1])


def _crowded(scene: Scene, mixed: random.Random) -> Iterator[Pair]:
    """A line of somebody else beside matters long past, as if they had just been spoken of: groups are busier than these logs."""
    old = [(name, thread) for name, thread in scene.known.items() if scene.now - thread.touched > ECHO
           and scene.row["gold"]["thread"] != name and not scene.speaks_of(thread)]
    some = mixed.sample(old, min(CROWD, len(old)))
    scene.lively += len(some)
    for name, thread in some:
        ago = dict.fromkeys(thread.messages, mixed.randrange(8))
        yield from scene.pair(name, replace(thread, touched=scene.now - timedelta(minutes=mixed.uniform(0.2, 20))), ago)


def _told(known: dict[str, Thread], row: Row, text: str, building: str | None, now: datetime, left: str) -> None:
    gold = row["gold"]
    thread = known.get(gold["thread"])
    if thread is None:
        known[gold["thread"]] = Thread(text, gold["intent"], row["sender"], [row["id"]], now, gold["urgent"], building)
        return
    thread.messages.append(row["id"])
    thread.left, thread.urgent = left, thread.urgent or gold["urgent"]
    if gold["role"] not in ("thanks", "progress"):  # these move nothing
        thread.touched = now
    if row["sender"] != thread.reporter:
        thread.voices.add(row["sender"])
    elif gold["role"] not in REMEMBERED and len(thread.gist) < GIST_MOST:
        thread.gist = f"{thread.gist}{BETWEEN}{text}"[:GIST_MOST]


def _mistaken(scene: Scene, heard: Heard) -> None:
    """Small talk that was taken for more about the matter its speaker spoke of last."""
    thread = max(scene.own, key=lambda one: one.touched)
    if scene.now - thread.touched < LATELY and heard.act not in kin.ELSEWHERE_ACTS:
        thread.messages.append(scene.row["id"])
        thread.touched, thread.left = scene.now, left_by(heard)


def learn(taught: Sequence[Pair], without: str) -> Weights:
    """The net that tells pairs that belong together from others, by all signs but `without`; the same pairs always give the same net."""
    names = sorted({name for pair in taught for name in pair.signs if re.fullmatch(without, name) is None})
    place = {name: n for n, name in enumerate(names)}
    x = np.zeros((len(taught), len(names)), np.float32)
    for n, pair in enumerate(taught):
        for name, much in pair.signs.items():
            if name in place:
                x[n, place[name]] = much
    spread = x.std(axis=0) + LEVELLED
    y = np.array([pair.belongs for pair in taught], int)
    hidden, begin, out, end = net(x / spread, y, np.ones(len(x), np.float32), 2, HIDDEN, COURSE)

    def row(values: Any) -> tuple[float, ...]:
        return tuple(round(float(value), 3) + 0.0 for value in values)  # no -0.0

    rows = {name: row(hidden[n] / spread[n]) for name, n in place.items()}
    return {"": row(begin), OUT: (*row(out[:, 1] - out[:, 0]), round(float(end[1] - end[0]), 3))} | rows


def told(taught: Sequence[Pair], scale: Scale, least: float) -> str:
    """How often the likeliest pair of a line is right, and how many lines that belong somewhere are found."""
    best: dict[str, tuple[float, bool]] = {}
    wanted = {pair.line for pair in taught if pair.belongs}
    for pair in taught:
        score = scale.worth(pair.signs)
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


def heard_by(settings: Settings, texts: Sequence[str], encode: Encode) -> tuple[Ears, Ears]:
    """Ears of these settings, and others that also know what a head learnt from them thinks of each line."""
    deaf, ears = ears_of(settings), ears_of(settings)
    judge = Judge(head_of(trained(settings, encode, encoder_name())), settings.intents, settings.bot_names, load=lambda: encode)
    judge.ahead_now(mask(text) for text in texts)
    ears.opinion, ears.near = judge.said, judge.near
    return deaf, ears


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
    encode, places = encoder(), PlaceParser(settings.buildings, settings.shops, settings.lounges)
    found: dict[str, list[Pair]] = {}
    toned: list[warm.Told] = []
    for some in folds(sorted(logs)):
        known = unaware(settings, [logs[name] for name in some])
        deaf, ears = heard_by(known, [row["text"] for name in some for row in logs[name]], encode)
        found |= {name: list(pairs(logs[name], deaf, ears, places)) for name in some}
        toned += [told for name in some if name not in HELD_OUT for told in warm.told(logs[name], ears, known)]
    print(warm.fitted(toned), file=sys.stderr)
    made = {}
    # How the last line left a matter, how near its words are, and who spoke before, say little of who else has it: second voices were told a little worse.
    for table, own, least, without in (("OWN", True, kin.OWN_LEAST, ""), ("ECHO", False, kin.ECHO_LEAST, "left_.*|near_.*|after_.*|staff_.*")):
        taught = [pair for name in found if name not in HELD_OUT for pair in found[name] if pair.own is own]
        made[table] = learn(taught, without)
        for name in sorted(HELD_OUT & found.keys()):
            print(table, name, told([pair for pair in found[name] if pair.own is own and pair.heard_out], Scale(made[table]), least), file=sys.stderr)
    write(made, sum(len(pair) for name, pair in found.items() if name not in HELD_OUT))


def write(made: Mapping[str, Weights], count: int) -> None:
    """The module of weights, as it is committed."""
    text = [f'"""The nets over the signs of kin_signs (see Scale there), learnt from {count} pairs by tests/hearing/fit.py; not edited by hand."""',
            "", "from __future__ import annotations", ""]
    for table, weights in made.items():
        text += [f"{table}: dict[str, tuple[float, ...]] = {{"]
        text += [f'    "{name}": ({", ".join(f"{value:g}" for value in row)}),' for name, row in weights.items()]
        text += ["}"]
    Path(kin_weights.__file__).write_text("\n".join(text) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
