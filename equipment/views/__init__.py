"""Pages of engineering: rooms and units, one room and one unit with its logbook."""
