"""Materials: descriptions, lots, containers, stores, genealogy and labels."""
