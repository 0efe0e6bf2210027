"""Recognise hand-drawn digits: the path from a pen stroke to an answer, and the training of the network behind it."""
