"""What the fixtures stand on: the shared cluster, clones, browsers, child processes."""
