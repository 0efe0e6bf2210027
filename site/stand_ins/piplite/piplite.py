"""The kernel sets its addresses here; nothing reads them."""
