"""A stand-in for WeCom: its API with the real one's limits and codes, and the callbacks it would send."""
