"""Sharing: links, files, bundles, calendars, the phone."""
