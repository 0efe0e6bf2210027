"""What lies behind "More": a panel of sections, each imported and built when it is first opened."""
