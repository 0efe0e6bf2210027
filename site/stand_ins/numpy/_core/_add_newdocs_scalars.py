"""Stands in for texts that only programmers read."""
