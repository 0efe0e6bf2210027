"""The page as widgets and scripts: pad, answer and views."""
