"""The neutral words in which everything travels inside the bot: what came in, and what goes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatLine:
    """A line somebody said, in a lounge's group or in private. `text` is masked before it gets here.

    `lounge` is "" for a private line until the person's home has found out which case is meant.
    `case` is set when the line was already addressed to a case (by number, or by the person's home).
    """

    id: str
    at: datetime
    sender: str
    name: str = ""
    text: str = ""
    lounge: str = ""
    channel: str = "plain"
    chat: str = ""
    reply_to: str | None = None
    at_bot: bool = False
    media: str | None = None
    private: bool = False
    case: str | None = None
    reply_url: str = ""  # a one-shot address for a late answer; whoever holds it may speak, so it is never logged
    media_urls: tuple[str, ...] = ()  # where the platform keeps what was sent along; some for minutes only
    quote: str = ""  # what was quoted, masked, where the platform gives the words and not the id
    reply: str = ""  # under which the answer waits to be fetched (`<channel>/<stream>`), where the platform asks for it


@dataclass(frozen=True, slots=True, kw_only=True)
class ButtonPress:
    """A pressed button: one of world.md's verbs, on a case or (open, dismiss, correct) on a doubtful message."""

    id: str
    at: datetime
    sender: str
    verb: str
    case: str | None = None  # a case number
    message: str | None = None  # the doubtful message's id
    lounge: str = ""
    channel: str = "plain"
    note: str = ""
    args: Mapping[str, str] = field(default_factory=dict)
    reply_url: str = ""  # as of a ChatLine
    card_code: str = ""  # with which the pressed card may be changed once
    reply: str = ""  # as of a ChatLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """Somebody opened the bot's own chat, or came into it for the first time; a welcome may be answered at once."""

    id: str
    at: datetime
    sender: str
    channel: str
    chat: str = ""
    lounge: str = ""
    greeted: bool = False  # the letter was answered at once; it is only to be remembered


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What somebody thought of one answer: `verdict` is good, bad or taken_back; `about` is the id the answer carried."""

    id: str
    at: datetime
    sender: str
    channel: str
    about: str
    verdict: str
    reasons: tuple[str, ...] = ()  # irrelevant, incomplete, wrong, miscounted
    text: str = ""  # masked
    lounge: str = ""  # of the group in which it was judged


Notice = Entered | Feedback  # what a platform tells besides lines and presses


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRang:
    """An alarm: a case's (`case/<id>`) or a chore's (`chore/<name>/<scope>/<period>`), at the instant it was set for."""

    key: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """Something the bot has promised to say.

    `to` is `chat:<lounge id>` or `person:<person or sender id>`; `media:<channel>/<message>` is no line but a file to
    fetch from `reply_url`, `digest:<scope>` none but a week's digest to make (`text` names the week). `key` makes it once. `ping` is True where it calls
    somebody who did not just speak (held in quiet hours); an answer to what was just said is not a ping.
    `buttons` are (verb, label). `about` names why it is said (the card), so that the gate can see whether it is still true.
    """

    key: str
    at: datetime  # when it was promised
    to: str
    card: str
    text: str
    case: str | None = None
    lounge: str = ""
    buttons: tuple[tuple[str, str], ...] = ()
    mention: tuple[str, ...] = ()
    ping: bool = True
    urgent: bool = False
    part: str = ""  # what the receiver is to the case: responsible, reporter, supporter, host, ""
    rounds: int = 0
    rung: str = ""
    due: datetime | None = None  # the case's due, to sort a folded line
    held: bool = False  # it has waited for the end of quiet hours
    summary: str = ""  # its one line in a folded message
    message: str | None = None  # the doubtful message it asks about
    attempts: int = 0  # how often the platform has said "later"
    reply_url: str = ""  # say it there (once, within the hour) instead of through the mouth
    card_code: str = ""  # change the card of this code instead of sending a new one
    reply: str = ""  # lay it there first: the platform may be about to ask for it
    carries: tuple[str, ...] = ()  # of a quarrel: the sorts of content in its words (domain/walls.py)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """From a lounge's shard to a person's home: say this to the person, and remember the case as his."""

    say: Outgoing
    open: bool  # whether the case is still open for this person


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipted:
    """What became of something said, coming back through the inbox: `outcome` is delivered, refused or unknown."""

    key: str
    at: datetime
    case: str
    card: str
    to: str
    outcome: str
    why: str = ""
    arrived: bool = False  # it has reached the shard of its case


@dataclass(frozen=True, slots=True, kw_only=True)
class Arranged:
    """Said by whoever runs the machine (`lounge bind`, `lounge code`): a field of the bindings, None takes it off."""

    id: str
    at: datetime
    name: str
    value: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What became of a file that was sent along with a line of a case: `digest` of what is kept, or `why` there is none."""

    key: str
    at: datetime
    case: str
    kind: str  # image, voice, file, video
    digest: str = ""
    why: str = ""
    sender: str = ""  # whose it is: it goes when he wants to be forgotten


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestMade:
    """A week's digest of a scope (`community:ID`) is made and frozen, and is to be posted: its message, its link ("": none)."""

    at: datetime
    scope: str
    week: str  # ISO, like 2026-W45
    edition: int
    text: str
    link: str = ""
    seal: str = ""  # SHA-256 over what was frozen


Incoming = ChatLine | ButtonPress | ClockRang | Told | Receipted | Entered | Arranged | Fetched | Feedback | DigestMade


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """The platform took it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TryLater:
    """Not now; ask again after `seconds`."""

    seconds: float
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Never: buried with `why`."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """It may have arrived (a timeout); never repeated into a group."""

    why: str


Receipt = Delivered | TryLater | Refused | Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What became of one input: open, attach, ask, act or ignore, and why, in words a host understands."""

    id: str
    decision: str
    intent: str | None = None
    case: str | None = None
    why: str = ""
