"""Rooms, places, units, their calibration and cleaning, and the claims on them."""
