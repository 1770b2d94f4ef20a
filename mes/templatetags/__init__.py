"""The tags and filters of all templates."""
