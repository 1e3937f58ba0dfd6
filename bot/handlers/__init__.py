"""A file a chore: each reads and decides, and returns a Change."""
