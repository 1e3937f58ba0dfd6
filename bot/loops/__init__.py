"""The loops: the only writer, the only sender, the only ringer."""
