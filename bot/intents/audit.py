"""Says what is weak in a lexicon: phrases nobody says, phrases that hit chatter, near copies, overlaps between intents."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.domain.settings import Settings
from bot.intents.lexicon import Hit, Lexicon, compact
from bot.intents.normalize import normalize

ALIKE = 88.0  # from here two phrases are nearly one (0..100)


@dataclass(frozen=True, slots=True)
class Finding:
    """One weakness: its kind, where it stands, how often, and an example (a line, or the other phrase).

    Kinds: silent (hits no line of its own intent), loose (hits near misses or chatter), twin (nearly a phrase of the
    same intent), overlap (nearly a phrase of another intent, or a line of two).
    """

    kind: str
    intent: str
    phrase: str
    count: int
    example: str = ""


def audit(settings: Settings) -> tuple[Finding, ...]:
    """All findings, by kind, the most frequent first."""
    lexicon = Lexicon({i.id: [normalize(p).text for p in i.phrases] for i in settings.intents.values()})
    found = [*_silent(settings, lexicon), *_loose(settings, lexicon), *_alike(lexicon), *_shared(settings)]
    rank = {kind: n for n, kind in enumerate(("silent", "loose", "twin", "overlap"))}
    return tuple(sorted(found, key=lambda f: (rank[f.kind], -f.count, f.intent, f.phrase)))


def _hits(lexicon: Lexicon, lines: Iterable[str]) -> Iterator[tuple[str, Hit]]:
    for line in lines:
        for hit in lexicon.hits(compact(normalize(line).text)):
            yield line, hit


def _silent(settings: Settings, lexicon: Lexicon) -> Iterator[Finding]:
    said = Counter((hit.intent, hit.phrase) for intent in settings.intents.values()
                   for _, hit in _hits(lexicon, intent.lines) if hit.intent == intent.id)
    for intent, phrase in _phrases(lexicon):
        if not said[intent, phrase]:
            yield Finding("silent", intent, phrase, 0)


def _loose(settings: Settings, lexicon: Lexicon) -> Iterator[Finding]:
    met: dict[tuple[str, str], list[str]] = defaultdict(list)
    idle = [*settings.chatter, *(line for intent in settings.intents.values() for line in intent.near)]
    for line, hit in _hits(lexicon, idle):
        met[hit.intent, hit.phrase].append(line)
    for (intent, phrase), lines in met.items():
        yield Finding("loose", intent, phrase, len(lines), lines[0])


def _alike(lexicon: Lexicon) -> Iterator[Finding]:
    place = {pair: number for number, pair in enumerate(_phrases(lexicon))}
    for number, (intent, phrase) in enumerate(_phrases(lexicon)):
        for hit in lexicon.hits(compact(phrase)):
            if hit.score >= ALIKE and place[hit.intent, hit.phrase] > number:
                kind, other = ("twin", hit.phrase) if hit.intent == intent else ("overlap", f"{hit.phrase}（{hit.intent}）")
                yield Finding(kind, intent, phrase, 1, other)


def _shared(settings: Settings) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for intent in settings.intents.values():
        for line in intent.lines:
            owner = first.setdefault(compact(normalize(line).text), intent.id)
            if owner != intent.id:
                yield Finding("overlap", owner, line, 1, f"也是{intent.id}的例句")


def _phrases(lexicon: Lexicon) -> Iterator[tuple[str, str]]:
    return ((entry[0], entry[1]) for entry in lexicon.entries)


def counted(settings: Settings) -> Mapping[str, tuple[int, int, int, int]]:
    """Intent -> how many phrases, cues, lines, near misses."""
    return {i.id: (len(i.phrases), len(i.cues), len(i.lines), len(i.near)) for i in settings.intents.values()}
