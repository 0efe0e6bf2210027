"""Turn drawings and pictures into digit images, (28, 28)."""
