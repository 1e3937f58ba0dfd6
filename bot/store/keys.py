"""Every name of a key stands here, with the shard of each lounge and person and the score of each instant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone

from bot.shards import SHARDS, shard_of

GROUP = "bot"  # the one consumer group of every stream
HOLDER = "holder"  # the one consumer: the lease says which process that is, so a crash needs no claiming from others
SHANGHAI = timezone(timedelta(hours=8))
CHAT = "chat:"
NONCE = "lounge:{nonces}:"  # what comes before the name of a callback that was answered


class WrongShard(ValueError):
    """A change names something of another shard; that has to travel as a message (`Change.forward`)."""


def shard_of_home(name: str) -> int:
    """The shard of a home: a person id, or `chat:<lounge>` for a group's own counters."""
    return shard_of(name.removeprefix(CHAT))


def shard_of_address(to: str) -> int:
    """The shard of an address: `chat:<lounge id>`, `person:<person or sender id>` or a bare id."""
    return shard_of(to.removeprefix(CHAT).removeprefix("person:"))


def to_ms(at: datetime) -> int:
    """Epoch milliseconds, rounded up, so that nothing ever rings before its instant."""
    return -int((datetime(1970, 1, 1, tzinfo=UTC) - at) // timedelta(milliseconds=1))


def floor_ms(at: datetime) -> int:
    """Epoch milliseconds that have passed at `at`."""
    return int((at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1))


def from_ms(score: float | str | bytes) -> datetime:
    """The instant of a score."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(float(score)))


def iso_week(at: datetime) -> str:
    """The week of an instant in Shenzhen, like `2026-W45`."""
    year, week, _ = at.astimezone(SHANGHAI).isocalendar()
    return f"{year}-W{week:02d}"


def number_of(case_id: str) -> int:
    """The running number in a case id; 0 where it has none."""
    tail = case_id.rpartition("-")[2]
    return int(tail) if tail.isascii() and tail.isdigit() else 0


@dataclass(frozen=True, slots=True)
class Homes:
    """Which lounge, and so which shard, a case id belongs to; `codes` is case code -> lounge id."""

    codes: dict[str, str]

    def learn(self, codes: Mapping[str, str]) -> None:
        """Know the lounges of settings that are new; those that are gone stay known, for their ended cases."""
        self.codes.update(codes)

    def lounge_of(self, case_id: str) -> str | None:
        """The lounge whose code the case id carries."""
        return self.codes.get(case_id.rpartition("-")[0])

    def shard_of_case(self, case_id: str) -> int | None:
        """The shard of the case, None for a code nobody has."""
        lounge = self.lounge_of(case_id)
        return None if lounge is None else shard_of(lounge)


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of one shard; `{07}` is the hash tag that keeps them in one slot of a cluster."""

    shard: int
    prefix: str = field(init=False)
    inbox: str = field(init=False)
    outbox: str = field(init=False)
    clock: str = field(init=False)
    held: str = field(init=False)  # lines kept back: score not-before, member order number + line
    order: str = field(init=False)  # the last order number given to a held line
    numbers: str = field(init=False)  # lounge -> highest case number used
    feed: str = field(init=False)
    dead: str = field(init=False)
    lease: str = field(init=False)
    seen: str = field(init=False)  # what comes before a seen key

    def __post_init__(self) -> None:
        prefix = f"lounge:{{{self.shard:02d}}}:"
        object.__setattr__(self, "prefix", prefix)
        for name in ("inbox", "outbox", "clock", "held", "order", "numbers", "feed", "dead", "lease"):
            object.__setattr__(self, name, prefix + name)
        object.__setattr__(self, "seen", prefix + "seen:")

    def case(self, case_id: str) -> str:
        """The case itself: `<version>:<packed>`."""
        return f"{self.prefix}case:{case_id}"

    def journal(self, case_id: str) -> str:
        """The case's rows."""
        return f"{self.prefix}journal:{case_id}"

    def open(self, lounge: str) -> str:
        """Open cases of a lounge by opening instant."""
        return f"{self.prefix}open:{lounge}"

    def ended(self, lounge: str) -> str:
        """Cases ended within fourteen days, by ending instant."""
        return f"{self.prefix}ended:{lounge}"

    def weekcases(self, lounge: str, week: str) -> str:
        """Cases touched in a week."""
        return f"{self.prefix}weekcases:{lounge}:{week}"

    def person(self, home: str) -> str:
        """A person's home, or a group's under `chat:<lounge>`."""
        return f"{self.prefix}person:{home}"

    def overlay(self, lounge: str) -> str:
        """Duty, absence, hand-over, bindings of a lounge."""
        return f"{self.prefix}overlay:{lounge}"

    def talk(self, lounge: str) -> str:
        """The last lines of a lounge's group."""
        return f"{self.prefix}talk:{lounge}"


KEYS = tuple(Keys(shard) for shard in range(SHARDS))


def case_alarm(case_id: str) -> str:
    """The clock's member for a case."""
    return f"case/{case_id}"


# ---- the installation: one name each, whichever slot that is
CALLS = "lounge:calls"  # how often its processes were called to read their settings again
INSTALLED = "lounge:settings"  # the settings last in force: version, and their files, packed
RUNNING = "lounge:running"  # process -> which call it has followed, on which settings, and when it said so


# ---- the edge: what concerns a platform and no lounge; each name has its own tag, so that a cluster spreads them
STRANGERS = "lounge:{edge}:strangers"  # chats and accounts that nobody is bound to: when each was first seen


def nonce(callback: str) -> str:
    """That a callback was answered; all of them in one slot, so that one script writes many."""
    return NONCE + callback


def reply(name: str) -> tuple[str, str]:
    """How an answer that is fetched stands (missing: nobody fetched it yet), and what has been laid there."""
    return f"lounge:{{{name}}}:reply", f"lounge:{{{name}}}:reply:said"


def spent(url: str) -> str:
    """That a one-shot address was used; the address itself is a secret."""
    return f"lounge:{{{url}}}:spent"


def token(name: str) -> tuple[str, str]:
    """A platform's access token with the instant until which it is good, and who is fetching it."""
    return f"lounge:{{{name}}}:token", f"lounge:{{{name}}}:token:lock"


def window(name: str) -> str:
    """When the last messages went to a destination with a limit a minute."""
    return f"lounge:{{{name}}}:window"
