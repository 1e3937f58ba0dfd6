"""Logs in tests are the bot's own: one line each, never the locals of a traceback."""

from __future__ import annotations

import logging

from bot.log import set_up

set_up(logging.WARNING)
