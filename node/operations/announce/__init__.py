"""Announce: say something about events of one's own."""
