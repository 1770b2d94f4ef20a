"""What the pages of a batch show: contexts made of rows, documents and the present time."""
