"""Says what the semantic layer should be asked of a line because of who says it: a word on his own matter, or part of a burst.

A line that says nothing by itself (书面的给我了, 今早到账) may be the end of what its speaker told yesterday.
"""

from __future__ import annotations

from bot.handlers import doubts
from bot.handlers.context import Here
from bot.handlers.listen import in_one, known_around, unclaimed
from bot.intents import kin
from bot.intents.heard import askable
from bot.intents.kin_signs import parts
from bot.intents.thread import nearest_own
from bot.messages import ChatLine


async def wonders(line: ChatLine, here: Here) -> list[str]:
    """The texts to ask about, besides those that are doubtful by themselves (`heard.doubtful`)."""
    if line.private or line.lounge not in here.settings.lounges:
        return []
    heard = here.ears.hear(line.text, name=line.name, lounge=line.lounge)
    if not askable(heard, line.text):
        return []
    texts = []
    own = [*await here.reader.recent_cases(line.lounge, line.sender), *await doubts.of_sender(line, here)]
    if own:
        placed = here.places.place(line.text, name=line.name, lounge=line.lounge)
        known = await known_around(line, heard, own, None, here)
        fits, case = nearest_own(line, heard, placed, known, here.now)
        if case is not None and fits >= kin.WONDER_LEAST:
            texts += [line.text, *parts(case.gist)]  # and what was told of it, which may not have been asked
    together = in_one(await unclaimed(line, heard, here), line)
    if together != line.text and here.ears.hear(together, name=line.name, lounge=line.lounge).decision == "open":
        texts.append(together)
    return texts
