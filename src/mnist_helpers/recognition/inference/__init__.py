"""Run the network in a LiteRT file, with LiteRT or NumPy, and look at its layers."""
