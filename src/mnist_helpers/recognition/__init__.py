"""Recognise digits and numbers, and explain the answers."""
