"""What the server needs when anybody may come; deploy/config/voila.json names these classes, nothing else uses them."""
