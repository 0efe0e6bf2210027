"""Turn drawings into digit images, (28, 28)."""
