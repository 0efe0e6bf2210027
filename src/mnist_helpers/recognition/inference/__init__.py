"""Run the network that a LiteRT file holds, with LiteRT or with NumPy alone, and read what is in it."""
