"""In place of documentation, which is not needed at run time."""
