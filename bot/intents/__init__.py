"""Hearing: what a line wants, where, how urgently, and to which talk it belongs."""
