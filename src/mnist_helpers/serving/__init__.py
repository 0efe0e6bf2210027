"""What the server of the page needs; voila.json and, for the public, deploy/config/voila.json name these classes."""
