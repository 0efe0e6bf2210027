"""Train networks, calibrate them, and convert them to other formats."""
