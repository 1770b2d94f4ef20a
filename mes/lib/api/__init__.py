"""What every operation of the API does alike."""
