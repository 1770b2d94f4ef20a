"""Pages of materials and the cryostore."""
