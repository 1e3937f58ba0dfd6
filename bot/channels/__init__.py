"""Translators between platforms' bytes and the bot's own words; each pure, one file a platform."""
