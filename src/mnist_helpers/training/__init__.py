"""Train the network, and convert it to other forms."""
