"""The panel "More" and its sections, each imported and built when it is first opened."""
