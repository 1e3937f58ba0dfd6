"""Keeps the collector of cycles away from what lives as long as the settings do: lexicon, weights, open cases."""

from __future__ import annotations

import gc

YOUNG, MIDDLE, OLD = 50_000, 20, 50  # allocations and passes between looks; a line makes some hundred short-lived values


def settle() -> None:
    """Call when settings have been loaded or changed: what is alive now is not looked through again.

    Full passes over some million lasting objects were a tenth of a callback's time, and all of its longest waits.
    """
    gc.unfreeze()  # of what an earlier call kept, the part that nobody needs any more goes
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
