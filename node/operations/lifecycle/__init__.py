"""Lifecycle: init, backup, restore, leave."""
