"""A simulated plant: it drives the real services, for the demo site and the rehearsal."""
