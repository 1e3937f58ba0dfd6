"""What is remembered of a quarrel between two parties, and the rules that an installation sets for mediating it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

RESIDENT, FIRM, BODY = "resident", "firm", "body"  # sorts of parties: 居民, 企业 (a shop too), 社会团体
A, B = "a", "b"  # the two sides: who spoke up, and the other


@dataclass(frozen=True, slots=True, kw_only=True)
class Mediation:
    """One quarrel: its sides, who mediates, the agreed visit, how far it has come. Words of the sides are not in here."""

    kind: str = ""  # the class, a key of Rules.classes; "" while a side's sort is not known
    a: str = ""  # the sort of who spoke up
    b: str = ""  # the sort of the other side; "" is not known yet
    b_name: str = ""  # as it was called: 隔壁, a shop's name
    b_sender: str = ""  # the other side's own account, once known
    b_sure: bool = False  # somebody in charge has said who it is; until then 待确认
    proposed: tuple[str, ...] = ()  # partners that wait for the host's word
    offered: tuple[str, ...] = ()  # mediators as last shown, in the order of their numbers
    declined: tuple[str, ...] = ()
    signal_at: datetime | None = None  # when the anger was heard
    mediator_at: datetime | None = None  # when the first mediator was called
    visit_at: datetime | None = None
    visit_yes: tuple[str, ...] = ()  # who has confirmed it
    steps: tuple[str, ...] = ()  # steps of the playbook that are behind us, done or skipped
    heard: tuple[str, ...] = ()  # sides that were heard apart
    tried: bool = False  # at least one attempt on the spot is on record
    agreement: str = ""
    signed: tuple[str, ...] = ()  # sides that agreed, each in private
    fulfil_at: datetime | None = None
    failed_at: datetime | None = None
    month_by: datetime | None = None  # until when it is to be settled


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A class of disputes: what it is called, whom it usually takes, and whom for single kinds of matter."""

    name: str
    sides: tuple[str, str]
    partners: tuple[str, ...] = ()
    by_matter: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How an installation mediates (mediation.yaml). Days are calendar days; partners are words of their scopes."""

    classes: Mapping[str, Kind] = field(default_factory=dict)
    neighbours: tuple[str, ...] = ()  # words for a second party without a name
    retorts: tuple[str, ...] = ()  # words by which the other side answers back
    sorts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # sort of party -> words that show it
    across: Mapping[str, str] = field(default_factory=dict)  # intent -> the sort of the other side
    turned: tuple[str, ...] = ()  # intents that are a quarrel where a neighbour is named as the doer
    wage: tuple[str, ...] = ()  # intents that leave a group before any detail is asked
    beyond: tuple[str, ...] = ()  # intents that need no attempt on the spot first
    crime: tuple[str, ...] = ()  # words that speak of violence or crime
    days: int = 30
    fulfil_days: int = 7
    routes: Mapping[str, str] = field(default_factory=dict)  # intent ("" for all others) -> the ways that the law offers
