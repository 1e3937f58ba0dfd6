"""The core: pure, standard library alone."""
