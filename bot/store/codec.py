"""Turns the bot's own values into few bytes and back; nothing outside this file knows how they are stored.

A value is a msgpack array of its fields in the order of the dataclass, so a new field goes last and has a default:
what was stored before then still reads. Instants are msgpack timestamps and come back aware, in UTC.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields
from operator import attrgetter
from typing import Any, Generic, TypeVar, get_type_hints

import msgspec

from bot.domain.case import Case, Row, Supporter
from bot.domain.mediation import Mediation
from bot.messages import (
    Arranged,
    ButtonPress,
    ChatLine,
    ClockRang,
    DigestMade,
    Entered,
    Feedback,
    Fetched,
    Incoming,
    Outgoing,
    Receipted,
    Told,
)
from bot.store.port import Dead, Happening

_encode = msgspec.msgpack.Encoder().encode
T = TypeVar("T")


class Unreadable(ValueError):
    """Stored bytes that are not what they should be; carries no content."""


def _default(one: Field[Any]) -> Any:
    if one.default is not MISSING:
        return one.default
    if one.default_factory is not MISSING:
        return msgspec.field(default_factory=one.default_factory)
    return msgspec.NODEFAULT


class Packing(Generic[T]):
    """How one dataclass is laid out: a msgspec struct with the same fields, as an array, tagged in a union."""

    def __init__(self, kind: type[T], tag: str | None = None,
                 one: Mapping[str, Packing[Any]] | None = None, many: Mapping[str, Packing[Any]] | None = None,
                 maybe: Mapping[str, Packing[Any]] | None = None) -> None:
        one, many, maybe = one or {}, many or {}, maybe or {}
        hints = get_type_hints(kind)
        hints |= {name: inner.struct for name, inner in one.items()}
        hints |= {name: inner.struct | None for name, inner in maybe.items()}
        hints |= {name: tuple[inner.struct, ...] for name, inner in many.items()}  # type: ignore[name-defined]
        names = tuple(f.name for f in fields(kind))  # type: ignore[arg-type]
        layout: list[Any] = [(f.name, hints[f.name], _default(f)) for f in fields(kind)]  # type: ignore[arg-type]
        self.kind = kind
        self.struct: Any = msgspec.defstruct(f"Packed{kind.__name__}", layout, array_like=True, kw_only=True,
                                           tag=tag, gc=False)  # read from bytes: nothing in it can lead back to it
        self._names = names
        self._puts: dict[str, Callable[[Any, Any], None]] = {name: kind.__dict__[name].__set__ for name in names}
        self._get: Callable[[Any], tuple[Any, ...]] = attrgetter(*names)
        self._nested = [(n, p, False) for n, p in (*one.items(), *maybe.items())] + [(n, p, True) for n, p in many.items()]

    def wrap(self, value: T, **other: Any) -> Any:
        """The struct of a value; `other` replaces fields."""
        parts = dict(zip(self._names, self._get(value), strict=True))
        for name, inner, several in self._nested:
            if (held := parts[name]) is not None:
                parts[name] = tuple(map(inner.wrap, held)) if several else inner.wrap(held)
        parts.update(other)
        return self.struct(**parts)

    def unwrap(self, struct: Any, **other: Any) -> T:
        """The value of a struct; `other` replaces fields."""
        made: T = object.__new__(self.kind)
        for put, part in zip(self._puts.values(), self._get(struct), strict=True):  # a frozen class's own way takes thrice as long
            put(made, part)
        for name, inner, several in self._nested:
            if (held := getattr(made, name)) is not None:
                self._puts[name](made, tuple(map(inner.unwrap, held)) if several else inner.unwrap(held))
        for name, part in other.items():
            self._puts[name](made, part)
        return made


_SUPPORTER = Packing(Supporter)
_ROW = Packing(Row)
_CASE = Packing(Case, many={"supporters": _SUPPORTER}, maybe={"mediation": Packing(Mediation)})
_OUTGOING = Packing(Outgoing)
_HAPPENING = Packing(Happening)
_DEAD = Packing(Dead)
_INCOMING: tuple[Packing[Any], ...] = (
    Packing(ChatLine, "l"),
    Packing(ButtonPress, "b"),
    Packing(ClockRang, "c"),
    Packing(Told, "t", one={"say": _OUTGOING}),
    Packing(Receipted, "r"),
    Packing(Entered, "e"),
    Packing(Arranged, "a"),
    Packing(Fetched, "f"),
    Packing(Feedback, "j"),
    Packing(DigestMade, "d"),
)
_OF_KIND = {packing.kind: packing for packing in _INCOMING}
_OF_STRUCT = {packing.struct: packing for packing in _INCOMING}

_union: Any = _INCOMING[0].struct
for _packing in _INCOMING[1:]:
    _union = _union | _packing.struct


def _reader(kind: Any) -> Callable[[bytes], Any]:
    decode = msgspec.msgpack.Decoder(kind).decode

    def read(data: bytes) -> Any:
        try:
            return decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError) as fault:
            raise Unreadable(type(fault).__name__) from None

    return read


_read_case, _read_row = _reader(_CASE.struct), _reader(_ROW.struct)
_read_outgoing, _read_incoming = _reader(_OUTGOING.struct), _reader(_union)
_read_forward = _reader(tuple[int, str, _union])
_read_happening, _read_dead = _reader(_HAPPENING.struct), _reader(_DEAD.struct)


def pack_case(case: Case, version: int) -> bytes:
    """`<version>:<packed>`: the version stands in front so that a script can read it."""
    return b"%d:%b" % (version, _encode(_CASE.wrap(case, version=0)))


def unpack_case(data: bytes) -> Case:
    """The case as stored, with the version it was stored under. Raises Unreadable."""
    version, mark, packed = data.partition(b":")
    if not mark or not version.isdigit():
        raise Unreadable("no version")
    return _CASE.unwrap(_read_case(packed), version=int(version))


def peek_case(data: bytes) -> Any:
    """The fields of a stored case under their names, without a Case made of them: several times cheaper.

    Enough to index it by; its version is not among them. Raises Unreadable.
    """
    return _read_case(data.partition(b":")[2])


def peek_row(data: bytes) -> Any:
    """The fields of a row under their names, without a Row made of them. Raises Unreadable."""
    return _read_row(data)


def pack_row(row: Row) -> bytes:
    """A row of a journal."""
    return _encode(_ROW.wrap(row))


def unpack_row(data: bytes) -> Row:
    """A row of a journal. Raises Unreadable."""
    return _ROW.unwrap(_read_row(data))


def pack_incoming(what: Incoming) -> bytes:
    """Anything that enters an inbox."""
    return _encode(_OF_KIND[type(what)].wrap(what))


def _incoming(struct: Any) -> Incoming:
    value: Incoming = _OF_STRUCT[type(struct)].unwrap(struct)
    return value


def unpack_incoming(data: bytes) -> Incoming:
    """Anything that entered an inbox. Raises Unreadable."""
    return _incoming(_read_incoming(data))


def pack_outgoing(say: Outgoing) -> bytes:
    """A line to say."""
    return _encode(_OUTGOING.wrap(say))


def unpack_outgoing(data: bytes, held: bool = False) -> Outgoing:
    """A line to say; `held` marks one that has waited. Raises Unreadable."""
    struct = _read_outgoing(data)
    return _OUTGOING.unwrap(struct, held=held or struct.held)


def pack_forward(forward: tuple[int, str, Incoming]) -> bytes:
    """An input on its way to another shard: (shard, seen key, what)."""
    shard, key, what = forward
    return _encode((shard, key, _OF_KIND[type(what)].wrap(what)))


def unpack_forward(data: bytes) -> tuple[int, str, Incoming]:
    """An input on its way to another shard. Raises Unreadable."""
    shard, key, struct = _read_forward(data)
    return shard, key, _incoming(struct)


def pack_happening(what: Happening) -> bytes:
    """A row of the feed."""
    return _encode(_HAPPENING.wrap(what))


def unpack_happening(data: bytes) -> Happening:
    """A row of the feed. Raises Unreadable."""
    return _HAPPENING.unwrap(_read_happening(data))


def pack_dead(what: Dead) -> bytes:
    """Something buried."""
    return _encode(_DEAD.wrap(what))


def unpack_dead(data: bytes) -> Dead:
    """Something buried. Raises Unreadable."""
    return _DEAD.unwrap(_read_dead(data))
