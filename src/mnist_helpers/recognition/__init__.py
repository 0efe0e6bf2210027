"""Recognise digits, and say why."""
