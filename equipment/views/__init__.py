"""Pages of engineering: rooms and units, one unit with its logbook."""
